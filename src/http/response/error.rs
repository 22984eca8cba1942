//! What we answer when we do not answer.
//!
//! Codes here are those of the transport; what an operation may fail with is in `error.rs`.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::graphql_error::{EXHAUSTED, INTERNAL, SLOW, error, errors_response, set, whole_seconds};
use crate::{
    error::Error,
    model::{request_id::RequestId, text},
    telemetry::rejections::Refused,
};

/// Bytes.
const REPEATED: usize = 300;

/// A refusal that no media type and no document changes.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    header: Option<Header>,
    request: Option<RequestId>,
    /// The option whose limit it is; for our metrics.
    limit: &'static str,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            header: None,
            request: None,
            limit: "",
        }
    }

    fn limited_by(self, limit: &'static str) -> Self {
        Self { limit, ..self }
    }

    fn with(self, header: Header) -> Self {
        Self {
            header: Some(header),
            ..self
        }
    }

    /// Names the request, so that its lines in the log can be found.
    pub(crate) fn of(self, request: &RequestId) -> Self {
        Self {
            request: Some(request.clone()),
            ..self
        }
    }

    /// The message may repeat what the client sent, and is cut.
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        let mut message = message.into();
        if message.len() > REPEATED {
            text::cut(message.to_mut(), REPEATED);
        }
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// An upgrade that is none of ours, with the version that would be.
    pub(crate) fn no_upgrade(message: impl Into<Cow<'static, str>>) -> Self {
        Self::bad_request(message).with(Header::WebSocketVersion)
    }

    pub(crate) fn unauthenticated() -> Self {
        let message = "the token is unknown or revoked";
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message).with(Header::Challenge)
    }

    pub(crate) fn foreign_origin() -> Self {
        let message = "a page of another origin may not open a socket here";
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "nothing is here")
    }

    /// The router adds `Allow` itself.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "this address does not answer this method";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            message,
        )
    }

    pub(crate) fn post_only() -> Self {
        let message = "GET writes nothing; send a mutation by POST";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            message,
        )
        .with(Header::PostOnly)
    }

    pub(crate) fn not_acceptable(offered: &'static str) -> Self {
        let message = format!("this address answers {offered} only");
        Self::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
    }

    pub(crate) fn slow_body() -> Self {
        let message = "the body did not arrive in time";
        Self::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", message)
    }

    pub(crate) fn large_body(limit: usize) -> Self {
        let message = format!("the body is too large; the limit (--max-body-bytes) is {limit}");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
            .limited_by("max-body-bytes")
    }

    /// For a stream.
    pub(crate) fn large_message(limit: usize) -> Self {
        let message = format!("the body is too large; the limit (--max-message-bytes) is {limit}");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
            .limited_by("max-message-bytes")
    }

    pub(crate) fn unsupported_media_type(message: &'static str) -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "UNSUPPORTED_MEDIA_TYPE", message)
    }

    pub(crate) fn slow_execution() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", SLOW).limited_by("request-timeout")
    }

    pub(crate) fn exhausted(retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", EXHAUSTED)
            .with(Header::RetryAfter(whole_seconds(retry_after)))
            .limited_by("rate-limit")
    }

    pub(crate) fn crowded() -> Self {
        let message = "too many connections from this address, or in all; close one";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "RATE_LIMITED", message)
            .with(Header::RetryAfter(1))
            .limited_by("max-connections")
    }

    pub(crate) fn stopping() -> Self {
        let message = "the server is stopping; come back in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", message).with(Header::RetryAfter(1))
    }

    /// The database is away.
    fn unavailable(message: String) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
            .with(Header::RetryAfter(1))
    }

    /// Whether the fault is ours rather than the client's.
    pub(crate) fn is_ours(&self) -> bool {
        self.status.is_server_error()
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_SERVER_ERROR",
            INTERNAL,
        )
    }
}

/// For what the transport itself asks of the database.
impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        tracing::error!(cause = %error.causes(), "a request could not be let in");
        match error {
            Error::Unavailable(_) => Self::unavailable(error.to_string()),
            _ => Self::internal(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut refused = error(self.code, self.message);
        if let Some(request) = self.request {
            set(&mut refused, "requestId", request.to_string());
        }
        if let Some(Header::RetryAfter(seconds)) = self.header {
            set(&mut refused, "retryAfter", seconds);
        }
        let mut response = errors_response(&[refused]);
        *response.status_mut() = self.status;
        let refused = Refused::by(self.code, self.limit);
        response.extensions_mut().insert(refused);
        if let Some((name, value)) = self.header.map(Header::pair) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// What a status obliges us to say with it (RFC 9110).
#[derive(Clone, Copy, Debug)]
enum Header {
    Challenge,
    PostOnly,
    /// Seconds.
    RetryAfter(u64),
    /// RFC 6455, 4.2.2.
    WebSocketVersion,
}

impl Header {
    fn pair(self) -> (HeaderName, HeaderValue) {
        match self {
            Self::Challenge => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::PostOnly => (header::ALLOW, HeaderValue::from_static("POST")),
            Self::WebSocketVersion => {
                let thirteen = HeaderValue::from_static("13");
                (header::SEC_WEBSOCKET_VERSION, thirteen)
            }
            Self::RetryAfter(seconds) => (header::RETRY_AFTER, seconds.into()),
        }
    }
}
