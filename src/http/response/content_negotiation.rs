//! Which of our two media types a client gets (GraphQL over HTTP, Media Types; RFC 9110, 12.5.1).

use axum::http::{HeaderMap, StatusCode, header};

use super::error::Refusal;

/// The two differ in what a request error costs: a status of its own, or 200 for clients older than the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum MediaType {
    Json,
    GraphqlResponse,
}

impl MediaType {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    pub(crate) fn request_error_status(self) -> StatusCode {
        match self {
            Self::Json => StatusCode::OK,
            Self::GraphqlResponse => StatusCode::BAD_REQUEST,
        }
    }
}

/// # Errors
/// 406 if the client takes neither.
pub(crate) fn negotiate(headers: &HeaderMap) -> Result<MediaType, Refusal> {
    if let Some(media) = plain(headers) {
        return Ok(media);
    }
    let Some(accept) = accept_of(headers) else {
        return Ok(MediaType::Json);
    };
    let json = preference(&accept, "json");
    let graphql = preference(&accept, "graphql-response+json");
    match (json, graphql) {
        (None, None) => Err(Refusal::not_acceptable(
            "application/graphql-response+json and application/json",
        )),
        (json, graphql) if graphql > json => Ok(MediaType::GraphqlResponse),
        _ => Ok(MediaType::Json),
    }
}

/// What most clients say, in one word.
fn plain(headers: &HeaderMap) -> Option<MediaType> {
    let mut lines = headers.get_all(header::ACCEPT).iter();
    match (lines.next()?.as_bytes(), lines.next()) {
        (b"*/*" | b"application/json", None) => Some(MediaType::Json),
        (b"application/graphql-response+json", None) => Some(MediaType::GraphqlResponse),
        _ => None,
    }
}

/// # Errors
/// 406 if the client does not take a stream of events.
pub(crate) fn require_events(headers: &HeaderMap) -> Result<(), Refusal> {
    match accept_of(headers) {
        Some(accept) if !takes_events(&accept) => Err(Refusal::not_acceptable("text/event-stream")),
        _ => Ok(()),
    }
}

fn takes_events(accept: &str) -> bool {
    ranges(accept).any(|range| {
        range.quality > 0 && matches!(range.name.as_str(), "text/event-stream" | "text/*" | "*/*")
    })
}

/// Several header lines are one list (RFC 9110, 5.3). Unreadable bytes accept nothing.
fn accept_of(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::ACCEPT);
    lines.iter().next()?;
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.to_str().unwrap_or(""))
        .collect();
    Some(lines.join(",")).filter(|accept| !accept.trim().is_empty())
}

/// Quality, then how closely the range names us, then how early it stands: greater is liked better.
type Preference = (u16, u8, std::cmp::Reverse<usize>);

fn preference(accept: &str, subtype: &str) -> Option<Preference> {
    let closeness = |name: &str| match name {
        "*/*" => Some(0),
        "application/*" => Some(1),
        _ => (name.strip_prefix("application/") == Some(subtype)).then_some(2),
    };
    ranges(accept)
        .enumerate()
        .filter_map(|(place, range)| {
            let close = closeness(&range.name)?;
            // A wildcard prefers nothing, so its place says nothing.
            let place = if close == 2 { place } else { usize::MAX };
            Some((close, range.quality, place))
        })
        // The closest range decides, even if it says never.
        .max_by_key(|(close, quality, _)| (*close, *quality))
        .filter(|(_, quality, _)| *quality > 0)
        .map(|(close, quality, place)| (quality, close, std::cmp::Reverse(place)))
}

struct Range {
    name: String,
    /// Thousandths.
    quality: u16,
}

fn ranges(accept: &str) -> impl Iterator<Item = Range> {
    accept.split(',').map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(1000, thousandths);
        Range { name, quality }
    })
}

/// `0.85` is 850; what is no quality counts as none.
fn thousandths(quality: &str) -> u16 {
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

    fn negotiated(accept: &str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        negotiate(&headers).ok()
    }

    #[test]
    fn a_client_that_does_not_care_gets_json() {
        assert_eq!(negotiate(&HeaderMap::new()).unwrap(), MediaType::Json);
        for accept in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "text/html, */*;q=0.1",
            "application/json, application/graphql-response+json",
            "application/json; charset=utf-8",
        ] {
            assert_eq!(negotiated(accept), Some(MediaType::Json), "{accept}");
        }
    }

    #[test]
    fn a_client_that_prefers_the_newer_type_gets_it() {
        for accept in [
            "application/graphql-response+json",
            "application/graphql-response+json, application/json",
            "application/graphql-response+json, application/json;q=0.9",
            "application/json;q=0.5, application/graphql-response+json;q=0.51",
            "*/*, application/graphql-response+json",
            "*/*, application/json;q=0",
        ] {
            assert_eq!(
                negotiated(accept),
                Some(MediaType::GraphqlResponse),
                "{accept}"
            );
        }
    }

    #[test]
    fn a_client_that_takes_neither_is_refused() {
        for accept in ["text/html", "application/json;q=0", "*/*;q=0", "image/*"] {
            assert_eq!(negotiated(accept), None, "{accept}");
        }
    }
}
