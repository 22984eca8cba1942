//! HTTP errors: requests that are rejected or fail before an operation is executed.
//!
//! [`HttpError`] carries the status, the error code and the headers that the status requires. Exceeded limits are in
//! `limit_error`, errors of an operation in `crate::error`.

use std::borrow::Cow;

use async_graphql::ServerError;
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::graphql_error::{INTERNAL, errors_response, graphql_error, set_extension};
use crate::{
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
    /// Name of the option whose limit was exceeded.
    limit: &'static str,
    is_close_reason: bool,
}

impl HttpError {
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
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

    pub(super) fn with_limit(self, limit: &'static str) -> Self {
        Self { limit, ..self }
    }

    pub(super) fn with_header(self, header: ErrorHeader) -> Self {
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

    /// A WebSocket has many operations, each of which may name its own pin.
    pub(crate) fn pinned_socket() -> Self {
        let message = "`seq` does not pin a WebSocket; send `extensions: { ledger: { seq } }` with each query instead";
        Self::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
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

    /// The message, if the status is 400: it says what to change.
    pub(crate) fn bad_request_message(&self) -> Option<&str> {
        let is_bad_request = self.status == StatusCode::BAD_REQUEST;
        is_bad_request.then_some(self.message.as_ref())
    }

    fn with_close_reason(self) -> Self {
        Self {
            is_close_reason: true,
            ..self
        }
    }

    pub(crate) fn origin_not_allowed() -> Self {
        let message = "pages of this origin may not use this URL (--allow-origin)";
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

    /// Of a format that is named by a parameter.
    pub(crate) fn only_json() -> Self {
        let message = "this URL only serves JSON; leave `format` out, or send `format=json`";
        Self::new(StatusCode::NOT_IMPLEMENTED, "NOT_IMPLEMENTED", message)
    }

    /// A subscription or live query whose client names no format of a stream.
    pub(crate) fn stream_required() -> Self {
        let message = "a subscription or live query is answered with a stream; send `Accept: text/event-stream`, \
                       `multipart/mixed; subscriptionSpec=1.0` or `application/jsonl`, or use /graphql/ws (WebSocket) \
                       or /graphql/stream (server-sent events)";
        Self::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
    }

    pub(crate) fn unsupported_media_type(message: &'static str) -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "UNSUPPORTED_MEDIA_TYPE", message)
    }

    pub(crate) fn shutting_down() -> Self {
        let message = "the server is shutting down; retry in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", message)
            .with_header(ErrorHeader::RetryAfter(1))
    }

    /// The database cannot be reached, or what the response needs is not loaded yet.
    pub(crate) fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
            .with_header(ErrorHeader::RetryAfter(1))
    }

    /// Whether the status is 5xx.
    pub(crate) fn is_server_error(&self) -> bool {
        self.status.is_server_error()
    }

    /// The error without its status and headers.
    pub(crate) fn graphql_error(&self) -> ServerError {
        let mut error = graphql_error(self.code, &*self.message);
        if !self.limit.is_empty() {
            set_extension(&mut error, "limit", self.limit);
        }
        if let Some(id) = &self.request_id {
            set_extension(&mut error, "requestId", id.to_string());
        }
        if let Some(ErrorHeader::RetryAfter(seconds)) = self.header {
            set_extension(&mut error, "retryAfter", seconds);
        }
        error
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_SERVER_ERROR",
            INTERNAL,
        )
    }
}

/// The cause is not logged here: the caller knows what failed.
impl From<&Error> for HttpError {
    fn from(error: &Error) -> Self {
        match error {
            Error::Unavailable(_) | Error::Contended(_) => Self::unavailable(error.to_string()),
            _ => Self::internal(),
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = errors_response(&[self.graphql_error()]);
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
pub(super) enum ErrorHeader {
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
