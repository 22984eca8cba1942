//! HTTP errors for exceeded limits. Each names the option of its limit in `extensions.limit`.

use std::time::Duration;

use axum::http::StatusCode;

use super::{
    error::{ErrorHeader, HttpError},
    graphql_error::{TIMED_OUT, rate_limited_message, retry_after_seconds},
};
use crate::http::clients::resource_exceeded::ResourceExceeded;

impl HttpError {
    pub(crate) fn body_timeout() -> Self {
        let message = "the request body did not arrive in time (--body-timeout)";
        Self::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", message).with_limit("body-timeout")
    }

    pub(crate) fn body_too_large(limit: usize) -> Self {
        Self::payload_too_large("max-body-bytes", limit)
    }

    /// The body of a request for a stream exceeds the limit of a WebSocket message.
    pub(crate) fn message_too_large(limit: usize) -> Self {
        Self::payload_too_large("max-message-bytes", limit)
    }

    fn payload_too_large(option: &'static str, limit: usize) -> Self {
        let message =
            format!("the request body is too large; the limit (--{option}) is {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message).with_limit(option)
    }

    pub(crate) fn execution_timeout() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", TIMED_OUT).with_limit("request-timeout")
    }

    /// Of a file that is made for one client; once it is being sent, the error cuts the connection.
    pub(crate) fn export_file_timeout() -> Self {
        let message = "the file could not be made and sent in time (--export-file-timeout)";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", message).with_limit("export-file-timeout")
    }

    pub(crate) fn rate_limited(retry_after: Duration) -> Self {
        let message = rate_limited_message(retry_after);
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message)
            .with_header(ErrorHeader::RetryAfter(retry_after_seconds(retry_after)))
            .with_limit("rate-limit")
    }

    /// As the error of variables with too many values, before they are parsed.
    pub(crate) fn too_many_values(count: usize, max: usize) -> Self {
        let message =
            format!("the request contains {count} values; the limit (--max-tokens) is {max}");
        Self::new(StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX", message).with_limit("max-tokens")
    }

    /// The client, or all clients together, hold as much as they may.
    pub(crate) fn resource_exceeded(exceeded: ResourceExceeded) -> Self {
        let (status, message) = (StatusCode::SERVICE_UNAVAILABLE, exceeded.to_string());
        Self::new(status, "RATE_LIMITED", message)
            .with_header(ErrorHeader::RetryAfter(1))
            .with_limit(exceeded.option())
    }
}
