//! GraphQL errors of the transport: codes, extensions, messages and the response body.
//!
//! `response/error.rs` adds the HTTP status and headers.

use std::time::Duration;

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use axum::{
    Json,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::common_headers::NO_STORE;
use crate::http::clients::resource_exceeded::ResourceExceeded;
use crate::telemetry::rejections::RejectionLabels;

pub(crate) const TIMED_OUT: &str = "execution timed out; a mutation may still be recorded";
pub(crate) const INTERNAL: &str = "internal error; it has been logged";
/// The message by which Apollo's clients and urql know that they have to send the document too.
pub(crate) const PERSISTED_QUERY_NOT_FOUND: &str = "PersistedQueryNotFound";

/// Message of a rate limit error.
pub(crate) fn rate_limited_message(retry_after: Duration) -> String {
    let seconds = retry_after_seconds(retry_after);
    format!("rate limit exceeded; retry after {seconds} s")
}

/// A rate limit error, for a transport without HTTP headers.
pub(crate) fn rate_limit_error(retry_after: Duration) -> ServerError {
    let mut error = graphql_error("RATE_LIMITED", rate_limited_message(retry_after));
    set_extension(&mut error, "limit", "rate-limit");
    set_extension(&mut error, "retryAfter", retry_after_seconds(retry_after));
    error
}

/// The error for a WebSocket or an event stream, which have no HTTP status.
pub(crate) fn resource_error(exceeded: ResourceExceeded) -> ServerError {
    let mut error = graphql_error("RATE_LIMITED", exceeded.to_string());
    set_extension(&mut error, "limit", exceeded.option());
    set_extension(&mut error, "max", exceeded.max as u64);
    error
}

/// The error of an operation that exceeded `--request-timeout`.
pub(crate) fn timeout_error() -> ServerError {
    let mut error = graphql_error("TIMEOUT", TIMED_OUT);
    set_extension(&mut error, "limit", "request-timeout");
    error
}

/// A GraphQL error with `extensions.code`.
pub(crate) fn graphql_error(code: &'static str, message: impl Into<String>) -> ServerError {
    with_code(ServerError::new(message, None), code)
}

/// Sets `extensions.code`.
pub(crate) fn with_code(mut error: ServerError, code: &'static str) -> ServerError {
    set_extension(&mut error, "code", code);
    error
}

/// Sets one key of the error's extensions.
pub(crate) fn set_extension(error: &mut ServerError, key: &str, value: impl Into<Value>) {
    let extensions = error.extensions.get_or_insert_default();
    ErrorExtensionValues::set(extensions, key, value);
}

pub(crate) fn has_code(error: &ServerError, code: &str) -> bool {
    extension_text(error, "code") == code
}

/// Whole seconds for `Retry-After`, rounded up so that a client never retries too early.
pub(crate) fn retry_after_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Response body of request errors. It has no `data` key, because nothing was executed (GraphQL, Response Format).
pub(crate) fn errors_response(errors: &[ServerError]) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        errors: &'a [ServerError],
    }
    let headers = [(header::CACHE_CONTROL, NO_STORE)];
    let mut response = (headers, Json(Body { errors })).into_response();
    // The middleware counts rejections by this extension.
    response.extensions_mut().insert(rejection_of(errors));
    response
}

/// The errors as a JSON list.
pub(crate) fn errors_json(errors: &[ServerError]) -> String {
    serde_json::to_string(errors).unwrap_or_else(|error| {
        // Cannot happen: strings, numbers and maps with string keys always have a JSON form.
        tracing::error!(%error, "could not serialize errors as JSON");
        "[]".to_owned()
    })
}

/// `extensions.code` of the first error.
pub(crate) fn first_error_code(errors: &[ServerError]) -> Option<&str> {
    errors.first().map(|error| extension_text(error, "code"))
}

/// Metric labels of a request that was not executed.
pub(crate) fn rejection_of(errors: &[ServerError]) -> RejectionLabels {
    errors.first().map_or(RejectionLabels::new(""), |error| {
        RejectionLabels::with_limit(
            extension_text(error, "code"),
            extension_text(error, "limit"),
        )
    })
}

fn extension_text<'e>(error: &'e ServerError, key: &str) -> &'e str {
    let extensions = error.extensions.as_ref();
    match extensions.and_then(|all| all.get(key)) {
        Some(Value::String(text)) => text,
        _ => "",
    }
}
