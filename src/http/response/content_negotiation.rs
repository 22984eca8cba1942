//! Content negotiation: selects the media type of a response by the `Accept` header (GraphQL over HTTP, Media Types; RFC 9110,
//! 12.5.1).
//!
//! A response is JSON in one of two media types. A subscription is a stream in one of three formats, which the client has
//! to name: a link or an image of another site, which accepts anything, must not open a stream.

use axum::http::{HeaderMap, StatusCode, header};

use super::{
    accept::{Offer, Preference, Specificity, accept_header, preference},
    error::HttpError,
};

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

/// Format of a stream of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamFormat {
    /// Server-sent events as in graphql-sse, distinct connections mode.
    ServerSentEvents,
    /// Apollo's multipart protocol for subscriptions.
    Multipart,
    /// One JSON object a line.
    JsonLines,
}

impl StreamFormat {
    const ALL: [Self; 3] = [Self::ServerSentEvents, Self::Multipart, Self::JsonLines];

    fn offer(self) -> Offer {
        match self {
            Self::ServerSentEvents => Offer::of("text/event-stream"),
            Self::Multipart => Offer {
                media_type: "multipart/mixed",
                // Without it, clients expect another protocol, that of incremental delivery.
                parameter: Some(("subscriptionSpec", "1.0")),
            },
            Self::JsonLines => Offer::of("application/jsonl"),
        }
    }
}

/// What a client accepts at the URL of queries, mutations and subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// A query or mutation is answered in the media type, a subscription in the format.
    Response(MediaType, Option<StreamFormat>),
    /// Every operation is answered with a stream.
    StreamOnly(StreamFormat),
}

/// # Errors
/// 406 if the client accepts no media type that is served.
pub(crate) fn negotiate(headers: &HeaderMap) -> Result<Accepted, HttpError> {
    if let Some(media) = exact_media_type(headers) {
        return Ok(Accepted::Response(media, None));
    }
    let Some(accept) = accept_header(headers) else {
        return Ok(Accepted::Response(MediaType::Json, None));
    };
    let json = preference(&accept, Offer::of("application/json"));
    let graphql = preference(&accept, Offer::of("application/graphql-response+json"));
    let response = match (json, graphql) {
        (None, None) => None,
        (json, graphql) if graphql > json => Some(MediaType::GraphqlResponse),
        _ => Some(MediaType::Json),
    };
    let stream = preferred_stream(&accept, Specificity::Exact);
    match (response, stream) {
        (Some(media), stream) => Ok(Accepted::Response(media, stream)),
        (None, Some(format)) => Ok(Accepted::StreamOnly(format)),
        (None, None) => Err(HttpError::not_acceptable(
            "application/graphql-response+json and application/json, and streams: text/event-stream, \
             multipart/mixed; subscriptionSpec=1.0 and application/jsonl",
        )),
    }
}

/// The format at the URL of streams; server-sent events for a client that accepts anything.
/// # Errors
/// 406 if the client accepts no format of a stream.
pub(crate) fn negotiate_stream(headers: &HeaderMap) -> Result<StreamFormat, HttpError> {
    let Some(accept) = accept_header(headers) else {
        return Ok(StreamFormat::ServerSentEvents);
    };
    preferred_stream(&accept, Specificity::Any).ok_or_else(|| {
        HttpError::not_acceptable(
            "streams: text/event-stream, multipart/mixed; subscriptionSpec=1.0 and application/jsonl",
        )
    })
}

/// A range less specific than `specificity` counts only for server-sent events at the URL of streams.
fn preferred_stream(accept: &str, specificity: Specificity) -> Option<StreamFormat> {
    let preference_for = |format: StreamFormat| -> Option<(Preference, StreamFormat)> {
        let preference = preference(accept, format.offer())?;
        let is_named = preference.1 == Specificity::Exact;
        let is_default = format == StreamFormat::ServerSentEvents && preference.1 >= specificity;
        (is_named || is_default).then_some((preference, format))
    };
    let formats = StreamFormat::ALL.into_iter().filter_map(preference_for);
    let best = formats.max_by_key(|(preference, _)| *preference);
    best.map(|(_, format)| format)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(accept: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        headers
    }

    fn negotiated(accept: &str) -> Option<MediaType> {
        match negotiate(&headers(accept)).ok()? {
            Accepted::Response(media, _) => Some(media),
            Accepted::StreamOnly(_) => None,
        }
    }

    #[test]
    fn a_client_that_does_not_care_gets_json() {
        let accepted = negotiate(&HeaderMap::new()).unwrap();
        assert_eq!(accepted, Accepted::Response(MediaType::Json, None));
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
    fn a_client_that_accepts_neither_type_is_rejected() {
        for accept in ["text/html", "application/json;q=0", "*/*;q=0", "image/*"] {
            assert_eq!(negotiated(accept), None, "{accept}");
        }
    }

    #[test]
    fn a_stream_is_chosen_only_if_the_client_names_it() {
        let stream = |accept: &str| match negotiate(&headers(accept)).ok()? {
            Accepted::Response(_, stream) => stream,
            Accepted::StreamOnly(format) => Some(format),
        };
        for (accept, format) in [
            ("text/event-stream", StreamFormat::ServerSentEvents),
            ("application/jsonl", StreamFormat::JsonLines),
            (
                "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json",
                StreamFormat::Multipart,
            ),
            (
                "text/event-stream, multipart/mixed",
                StreamFormat::ServerSentEvents,
            ),
            (
                "text/event-stream;q=0.5, application/jsonl",
                StreamFormat::JsonLines,
            ),
        ] {
            assert_eq!(stream(accept), Some(format), "{accept}");
        }
        for accept in [
            "*/*",
            "text/*",
            "application/json",
            "multipart/mixed;deferSpec=20220824, application/json",
            "image/avif,image/webp,*/*;q=0.8",
        ] {
            assert_eq!(stream(accept), None, "{accept}");
        }
    }

    #[test]
    fn the_url_of_streams_serves_events_to_clients_that_accept_anything() {
        let stream = |accept: &str| negotiate_stream(&headers(accept)).ok();
        for accept in ["", "*/*", "text/*", "text/html, */*;q=0.1"] {
            let expected = Some(StreamFormat::ServerSentEvents);
            assert_eq!(stream(accept), expected, "{accept}");
        }
        assert_eq!(stream("application/jsonl"), Some(StreamFormat::JsonLines));
        for accept in [
            "application/json",
            "text/event-stream;q=0",
            "multipart/mixed",
        ] {
            assert_eq!(stream(accept), None, "{accept}");
        }
    }
}
