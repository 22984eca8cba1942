//! `Accept` header: its media ranges, and how much a client prefers a media type (RFC 9110, 12.5.1).

use std::cmp::Reverse;

use axum::http::{HeaderMap, header};

/// A media type that the server offers, with the parameter that the client has to name, if there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    pub(crate) media_type: &'static str,
    pub(crate) parameter: Option<(&'static str, &'static str)>,
}

impl Offer {
    pub(crate) const fn of(media_type: &'static str) -> Self {
        Self {
            media_type,
            parameter: None,
        }
    }
}

/// Quality, then specificity of the range, then position in the list (earlier is better). Greater is preferred.
pub(crate) type Preference = (u16, Specificity, Reverse<usize>);

/// How exactly a range names a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Specificity {
    Any,
    AnySubtype,
    Exact,
}

/// Joins all header lines into one list (RFC 9110, 5.3). A line that is not text accepts nothing. `None` without a
/// preference.
pub(crate) fn accept_header(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::ACCEPT);
    lines.iter().next()?;
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.to_str().unwrap_or(""))
        .collect();
    Some(lines.join(",")).filter(|accept| !accept.trim().is_empty())
}

/// `None` if the client does not accept the offer.
pub(crate) fn preference(accept: &str, offer: Offer) -> Option<Preference> {
    split_unquoted(accept, ',')
        .map(MediaRange::parse)
        .enumerate()
        .filter_map(|(index, range)| {
            let specificity = range.specificity(offer)?;
            // A wildcard expresses no preference, so its position has no effect.
            let is_exact = specificity == Specificity::Exact;
            let index = if is_exact { index } else { usize::MAX };
            Some((specificity, range.quality, index))
        })
        // The most specific range decides, even if its quality is 0.
        .max_by_key(|(specificity, quality, _)| (*specificity, *quality))
        .filter(|(_, quality, _)| *quality > 0)
        .map(|(specificity, quality, index)| (quality, specificity, Reverse(index)))
}

struct MediaRange<'a> {
    name: String,
    parameters: &'a str,
    /// Thousandths.
    quality: u16,
}

impl<'a> MediaRange<'a> {
    fn parse(range: &'a str) -> Self {
        let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
        let quality = parameter(parameters, "q").map_or(1000, parse_quality);
        Self {
            name: name.trim().to_ascii_lowercase(),
            parameters,
            quality,
        }
    }

    /// `None` if the range does not contain the offer.
    fn specificity(&self, offer: Offer) -> Option<Specificity> {
        let has_parameter = offer
            .parameter
            .is_none_or(|(name, value)| parameter(self.parameters, name) == Some(value));
        if self.name == offer.media_type {
            return has_parameter.then_some(Specificity::Exact);
        }
        let (kind, subtype) = self.name.split_once('/')?;
        match (kind, subtype) {
            ("*", "*") => Some(Specificity::Any),
            (kind, "*") => {
                let offered = offer.media_type.split_once('/');
                offered
                    .is_some_and(|(offered, _)| offered == kind)
                    .then_some(Specificity::AnySubtype)
            }
            _ => None,
        }
    }
}

/// The value of a parameter, without its quotes.
fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    split_unquoted(parameters, ';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().trim_matches('"'))
}

/// The parts between separators that are not within a quoted string.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
}

/// `0.85` is 850; an invalid quality is 0.
fn parse_quality(quality: &str) -> u16 {
    let (whole, part) = quality.split_once('.').unwrap_or((quality, ""));
    match (whole, format!("{part:0<3}").parse::<u16>()) {
        ("1", _) => 1000,
        ("0", Ok(part)) if part < 1000 => part,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_found_in_any_spelling_and_order() {
        let offer = Offer {
            media_type: "multipart/mixed",
            parameter: Some(("subscriptionSpec", "1.0")),
        };
        for accept in [
            "multipart/mixed;subscriptionSpec=1.0",
            "multipart/mixed; subscriptionSpec=\"1.0\"",
            "Multipart/Mixed;boundary=graphql;SubscriptionSpec=1.0,application/json;q=0.9",
            "multipart/mixed;boundary=\"a,b;c\";subscriptionSpec=1.0",
        ] {
            assert!(preference(accept, offer).is_some(), "{accept}");
        }
        for accept in [
            "multipart/mixed",
            "multipart/mixed;deferSpec=20220824",
            "multipart/mixed;subscriptionSpec=2.0",
            "multipart/mixed;subscriptionSpec=1.0;q=0",
        ] {
            assert!(preference(accept, offer).is_none(), "{accept}");
        }
    }
}
