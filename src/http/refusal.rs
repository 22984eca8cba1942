//! What we answer when we do not answer.
//!
//! Codes here are those of the transport; what an operation may fail with is in `error.rs`.

use std::{borrow::Cow, time::Duration};

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{count, obligation::Header};
use crate::{
    error::Error,
    model::{request_id::RequestId, text},
    telemetry::refused::Refused,
};

pub(super) const EXHAUSTED: &str =
    "you have spent what you may for now; `viewer { rateLimit { resetAt } }` tells how much";
pub(super) const SLOW: &str = "the answer took too long; a write may still be recorded";
pub(super) const INTERNAL: &str = "an error of ours; it has been logged";

/// Bytes.
const REPEATED: usize = 300;

/// A refusal that no media type and no document changes.
#[derive(Debug)]
pub(super) struct Refusal {
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
    pub(super) fn of(self, request: &RequestId) -> Self {
        Self {
            request: Some(request.clone()),
            ..self
        }
    }

    /// The message may repeat what the client sent, and is cut.
    pub(super) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        let mut message = message.into();
        if message.len() > REPEATED {
            text::cut(message.to_mut(), REPEATED);
        }
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// An upgrade that is none of ours, with the version that would be.
    pub(super) fn no_upgrade(message: impl Into<Cow<'static, str>>) -> Self {
        Self::bad_request(message).with(Header::WebSocketVersion)
    }

    pub(super) fn unauthenticated() -> Self {
        let message = "the token is unknown or revoked";
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message).with(Header::Challenge)
    }

    pub(super) fn foreign_origin() -> Self {
        let message = "a page of another origin may not open a socket here";
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "nothing is here")
    }

    /// The router adds `Allow` itself.
    pub(super) fn method_not_allowed() -> Self {
        let message = "this address does not answer this method";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            message,
        )
    }

    pub(super) fn post_only() -> Self {
        let message = "GET writes nothing; send a mutation by POST";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            message,
        )
        .with(Header::PostOnly)
    }

    pub(super) fn not_acceptable(offered: &'static str) -> Self {
        let message = format!("this address answers {offered} only");
        Self::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
    }

    pub(super) fn slow_body() -> Self {
        let message = "the body did not arrive in time";
        Self::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", message)
    }

    pub(super) fn large_body(limit: usize) -> Self {
        let message = format!("the body is too large; the limit (--max-body-bytes) is {limit}");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
            .limited_by("max-body-bytes")
    }

    /// For a stream.
    pub(super) fn large_message(limit: usize) -> Self {
        let message = format!("the body is too large; the limit (--max-message-bytes) is {limit}");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
            .limited_by("max-message-bytes")
    }

    pub(super) fn unsupported_media_type(message: &'static str) -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "UNSUPPORTED_MEDIA_TYPE", message)
    }

    pub(super) fn slow_execution() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", SLOW).limited_by("request-timeout")
    }

    pub(super) fn exhausted(retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", EXHAUSTED)
            .with(Header::RetryAfter(whole_seconds(retry_after)))
            .limited_by("rate-limit")
    }

    pub(super) fn crowded() -> Self {
        let message = "too many connections from this address, or in all; close one";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "RATE_LIMITED", message)
            .with(Header::RetryAfter(1))
            .limited_by("max-connections")
    }

    pub(super) fn stopping() -> Self {
        let message = "the server is stopping; come back in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", message).with(Header::RetryAfter(1))
    }

    /// The database is away.
    fn unavailable(message: String) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
            .with(Header::RetryAfter(1))
    }

    /// Whether the fault is ours rather than the client's.
    pub(super) fn is_ours(&self) -> bool {
        self.status.is_server_error()
    }

    pub(super) fn internal() -> Self {
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

/// A GraphQL error with its code.
pub(super) fn error(code: &'static str, message: impl Into<String>) -> ServerError {
    coded(ServerError::new(message, None), code)
}

/// The same error with a code.
pub(super) fn coded(mut error: ServerError, code: &'static str) -> ServerError {
    set(&mut error, "code", code);
    error
}

/// One more of the error's extensions.
pub(super) fn set(error: &mut ServerError, key: &str, value: impl Into<Value>) {
    let extensions = error.extensions.get_or_insert_default();
    ErrorExtensionValues::set(extensions, key, value);
}

/// For `Retry-After`: never too early.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// The one shape. There is no `data` key, because nothing was executed (GraphQL, Response Format).
pub(super) fn errors_response(errors: &[ServerError]) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        errors: &'a [ServerError],
    }
    let mut response = Json(Body { errors }).into_response();
    // For whoever counts.
    response.extensions_mut().insert(count::refused(errors));
    response
}
