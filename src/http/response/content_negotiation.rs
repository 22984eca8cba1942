//! Content negotiation: selects one of two response media types by the `Accept` header (GraphQL over HTTP, Media Types;
//! RFC 9110, 12.5.1).

use axum::http::{HeaderMap, StatusCode, header};

use super::error::HttpError;

/// Media type of a GraphQL response. A request error has status 400 in the newer type, and 200 in `application/json`
/// for clients older than the specification.
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
/// 406 if the client accepts neither.
pub(crate) fn negotiate(headers: &HeaderMap) -> Result<MediaType, HttpError> {
    if let Some(media) = exact_media_type(headers) {
        return Ok(media);
    }
    let Some(accept) = accept_header(headers) else {
        return Ok(MediaType::Json);
    };
    let json = preference(&accept, "json");
    let graphql = preference(&accept, "graphql-response+json");
    match (json, graphql) {
        (None, None) => Err(HttpError::not_acceptable(
            "application/graphql-response+json and application/json",
        )),
        (json, graphql) if graphql > json => Ok(MediaType::GraphqlResponse),
        _ => Ok(MediaType::Json),
    }
}

/// Fast path for the `Accept` headers of most clients, a single media type.
fn exact_media_type(headers: &HeaderMap) -> Option<MediaType> {
    let mut lines = headers.get_all(header::ACCEPT).iter();
    match (lines.next()?.as_bytes(), lines.next()) {
        (b"*/*" | b"application/json", None) => Some(MediaType::Json),
        (b"application/graphql-response+json", None) => Some(MediaType::GraphqlResponse),
        _ => None,
    }
}

/// # Errors
/// 406 if the client does not accept `text/event-stream`.
pub(crate) fn require_event_stream(headers: &HeaderMap) -> Result<(), HttpError> {
    match accept_header(headers) {
        Some(accept) if !accepts_event_stream(&accept) => {
            Err(HttpError::not_acceptable("text/event-stream"))
        }
        _ => Ok(()),
    }
}

fn accepts_event_stream(accept: &str) -> bool {
    media_ranges(accept).any(|range| {
        range.quality > 0 && matches!(range.name.as_str(), "text/event-stream" | "text/*" | "*/*")
    })
}

/// Whether the client names `text/html` and prefers JSON less, as browsers do when they open a URL.
pub(crate) fn prefers_page(headers: &HeaderMap) -> bool {
    let (page, json) = page_and_json(headers);
    page > 0 && page >= json
}

/// Whether the client names `application/json` and prefers `text/html` less.
pub(crate) fn prefers_json_to_page(headers: &HeaderMap) -> bool {
    let (page, json) = page_and_json(headers);
    json > page
}

/// Qualities of `text/html` and of JSON; 0 if the client does not name it. Wildcards express no preference.
fn page_and_json(headers: &HeaderMap) -> (u16, u16) {
    let accept = accept_header(headers).unwrap_or_default();
    let quality = |names: &[&str]| {
        let named = media_ranges(&accept).filter(|range| names.contains(&range.name.as_str()));
        named.map(|range| range.quality).max().unwrap_or(0)
    };
    let json = ["application/json", "application/graphql-response+json"];
    (quality(&["text/html"]), quality(&json))
}

/// Joins all header lines into one list (RFC 9110, 5.3). A line that is not text accepts nothing.
fn accept_header(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::ACCEPT);
    lines.iter().next()?;
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.to_str().unwrap_or(""))
        .collect();
    Some(lines.join(",")).filter(|accept| !accept.trim().is_empty())
}

/// Quality, then specificity of the range, then position in the list (earlier is better). Greater is preferred.
type Preference = (u16, u8, std::cmp::Reverse<usize>);

fn preference(accept: &str, subtype: &str) -> Option<Preference> {
    let specificity = |name: &str| match name {
        "*/*" => Some(0),
        "application/*" => Some(1),
        _ => (name.strip_prefix("application/") == Some(subtype)).then_some(2),
    };
    media_ranges(accept)
        .enumerate()
        .filter_map(|(index, range)| {
            let specificity = specificity(&range.name)?;
            // A wildcard expresses no preference, so its position has no effect.
            let index = if specificity == 2 { index } else { usize::MAX };
            Some((specificity, range.quality, index))
        })
        // The most specific range decides, even if its quality is 0.
        .max_by_key(|(specificity, quality, _)| (*specificity, *quality))
        .filter(|(_, quality, _)| *quality > 0)
        .map(|(specificity, quality, index)| (quality, specificity, std::cmp::Reverse(index)))
}

struct MediaRange {
    name: String,
    /// Thousandths.
    quality: u16,
}

fn media_ranges(accept: &str) -> impl Iterator<Item = MediaRange> {
    accept.split(',').map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(1000, parse_quality);
        MediaRange { name, quality }
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
    fn only_a_client_that_names_html_prefers_a_page() {
        let preferences = |accept: &'static str| {
            let headers = [(header::ACCEPT, accept.parse().unwrap())]
                .into_iter()
                .collect();
            (prefers_page(&headers), prefers_json_to_page(&headers))
        };
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,*/*;q=0.8", (true, false)),
            ("text/html", (true, false)),
            ("application/json, text/html;q=0.5", (false, true)),
            ("application/graphql-response+json", (false, true)),
            ("text/html;q=0", (false, false)),
            ("*/*", (false, false)),
            ("text/*", (false, false)),
        ] {
            assert_eq!(preferences(accept), expected, "{accept}");
        }
    }

    #[test]
    fn a_client_that_accepts_neither_type_is_rejected() {
        for accept in ["text/html", "application/json;q=0", "*/*;q=0", "image/*"] {
            assert_eq!(negotiated(accept), None, "{accept}");
        }
    }
}
