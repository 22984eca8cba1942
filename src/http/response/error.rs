//! HTTP errors: requests that are rejected or fail before an operation is executed.
//!
//! [`HttpError`] carries the status, the error code and the headers that the status requires. Errors of an operation
//! are in `crate::error`.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::graphql_error::{
    INTERNAL, TIMED_OUT, errors_response, graphql_error, rate_limited_message, retry_after_seconds,
    set_extension,
};
use crate::{
    config::limits::TransportLimits,
    error::Error,
    model::{request_id::RequestId, text, time::Timestamp},
    telemetry::rejections::RejectionLabels,
};

/// Bytes of client input that a message may repeat.
const MAX_ECHOED_BYTES: usize = 300;

/// An error response that is the same for every media type and document.
#[derive(Debug)]
pub(crate) struct HttpError {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    header: Option<ErrorHeader>,
    request_id: Option<RequestId>,
    /// Name of the option whose limit was exceeded, for metrics.
    limit: &'static str,
    is_close_reason: bool,
}

impl HttpError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            header: None,
            request_id: None,
            limit: "",
            is_close_reason: false,
        }
    }

    fn with_limit(self, limit: &'static str) -> Self {
        Self { limit, ..self }
    }

    fn with_header(self, header: ErrorHeader) -> Self {
        Self {
            header: Some(header),
            ..self
        }
    }

    /// Adds the request id, so that its log lines can be found.
    pub(crate) fn with_request_id(self, id: &RequestId) -> Self {
        Self {
            request_id: Some(id.clone()),
            ..self
        }
    }

    /// The message may repeat client input, so it is truncated to [`MAX_ECHOED_BYTES`].
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        let mut message = message.into();
        if message.len() > MAX_ECHOED_BYTES {
            text::truncate(message.to_mut(), MAX_ECHOED_BYTES);
        }
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// The request is not a valid WebSocket upgrade; the response names the supported version.
    pub(crate) fn not_an_upgrade(message: impl Into<Cow<'static, str>>) -> Self {
        Self::bad_request(message).with_header(ErrorHeader::WebSocketVersion)
    }

    pub(crate) fn unauthenticated() -> Self {
        let message = "the token is not valid or was revoked; send `Authorization: Bearer TOKEN`";
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
            .with_header(ErrorHeader::WwwAuthenticate)
    }

    pub(crate) fn token_expired(at: Timestamp) -> Self {
        let message = format!(
            "the token expired on {at}; ask the operator for a new one (`demarche token rotate`)"
        );
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
            .with_header(ErrorHeader::WwwAuthenticate)
            .with_close_reason()
    }

    /// The message, if it is worth a close frame of its own: other reasons are said by the code.
    pub(crate) fn close_reason(&self) -> Option<&str> {
        self.is_close_reason.then_some(self.message.as_ref())
    }

    fn with_close_reason(self) -> Self {
        Self {
            is_close_reason: true,
            ..self
        }
    }

    pub(crate) fn origin_not_allowed() -> Self {
        let message = "pages of this origin may not open a WebSocket to this server";
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "not found")
    }

    /// The router adds `Allow` itself.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "this URL does not support this HTTP method";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            message,
        )
    }

    pub(crate) fn post_only() -> Self {
        let message = "mutations are not allowed over GET; use POST";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            message,
        )
        .with_header(ErrorHeader::AllowPost)
    }

    pub(crate) fn not_acceptable(offered: &'static str) -> Self {
        let message = format!("this URL only serves {offered}; change the `Accept` header");
        Self::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
    }

    pub(crate) fn body_timeout() -> Self {
        let message = "the request body did not arrive in time (--body-timeout)";
        Self::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", message)
    }

    pub(crate) fn body_too_large(limit: usize) -> Self {
        let message =
            format!("the request body is too large; the limit (--max-body-bytes) is {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
            .with_limit("max-body-bytes")
    }

    /// The body of a request for an event stream exceeds the limit of a WebSocket message.
    pub(crate) fn message_too_large(limit: usize) -> Self {
        let message = format!(
            "the request body is too large; the limit (--max-message-bytes) is {limit} bytes"
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
            .with_limit("max-message-bytes")
    }

    pub(crate) fn unsupported_media_type(message: &'static str) -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "UNSUPPORTED_MEDIA_TYPE", message)
    }

    pub(crate) fn execution_timeout() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", TIMED_OUT).with_limit("request-timeout")
    }

    pub(crate) fn rate_limited(retry_after: Duration) -> Self {
        let message = rate_limited_message(retry_after);
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message)
            .with_header(ErrorHeader::RetryAfter(retry_after_seconds(retry_after)))
            .with_limit("rate-limit")
    }

    /// The limiter does not report which of the two limits was reached, so the message names both.
    pub(crate) fn too_many_connections(limits: &TransportLimits) -> Self {
        let (per_address, total) = (limits.connections_per_address, limits.connections);
        let message = format!(
            "too many open connections from your address (limit {per_address}) or in total (limit {total}); close one"
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "RATE_LIMITED", message)
            .with_header(ErrorHeader::RetryAfter(1))
            .with_limit("max-connections")
    }

    pub(crate) fn shutting_down() -> Self {
        let message = "the server is shutting down; retry in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", message)
            .with_header(ErrorHeader::RetryAfter(1))
    }

    /// The database cannot be reached.
    fn unavailable(message: String) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
            .with_header(ErrorHeader::RetryAfter(1))
    }

    /// Whether the status is 5xx.
    pub(crate) fn is_server_error(&self) -> bool {
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

/// For database queries of the transport itself, which are those of authentication.
impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        tracing::error!(cause = %error.cause_chain(), "authentication failed because of an internal error");
        match error {
            Error::Unavailable(_) | Error::Contended(_) => Self::unavailable(error.to_string()),
            _ => Self::internal(),
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut error = graphql_error(self.code, self.message);
        if let Some(id) = self.request_id {
            set_extension(&mut error, "requestId", id.to_string());
        }
        if let Some(ErrorHeader::RetryAfter(seconds)) = self.header {
            set_extension(&mut error, "retryAfter", seconds);
        }
        let mut response = errors_response(&[error]);
        *response.status_mut() = self.status;
        let labels = RejectionLabels::with_limit(self.code, self.limit);
        response.extensions_mut().insert(labels);
        if let Some((name, value)) = self.header.map(ErrorHeader::into_pair) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// A header that the status requires (RFC 9110).
#[derive(Clone, Copy, Debug)]
enum ErrorHeader {
    WwwAuthenticate,
    AllowPost,
    /// Seconds.
    RetryAfter(u64),
    /// RFC 6455, 4.2.2.
    WebSocketVersion,
}

impl ErrorHeader {
    fn into_pair(self) -> (HeaderName, HeaderValue) {
        match self {
            Self::WwwAuthenticate => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::AllowPost => (header::ALLOW, HeaderValue::from_static("POST")),
            Self::WebSocketVersion => {
                let version = HeaderValue::from_static("13");
                (header::SEC_WEBSOCKET_VERSION, version)
            }
            Self::RetryAfter(seconds) => (header::RETRY_AFTER, seconds.into()),
        }
    }
}
