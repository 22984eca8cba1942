//! GraphQL errors of the transport: their codes, extensions and the body that carries them.

use std::time::Duration;

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::telemetry::rejections::Refused;

pub(crate) const EXHAUSTED: &str =
    "you have spent what you may for now; `viewer { rateLimit { resetAt } }` tells how much";
pub(crate) const SLOW: &str = "the answer took too long; a write may still be recorded";
pub(crate) const INTERNAL: &str = "an error of ours; it has been logged";

/// A GraphQL error with its code.
pub(crate) fn error(code: &'static str, message: impl Into<String>) -> ServerError {
    coded(ServerError::new(message, None), code)
}

/// The same error with a code.
pub(crate) fn coded(mut error: ServerError, code: &'static str) -> ServerError {
    set(&mut error, "code", code);
    error
}

/// One more of the error's extensions.
pub(crate) fn set(error: &mut ServerError, key: &str, value: impl Into<Value>) {
    let extensions = error.extensions.get_or_insert_default();
    ErrorExtensionValues::set(extensions, key, value);
}

/// For `Retry-After`: never too early.
pub(crate) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// The one shape. There is no `data` key, because nothing was executed (GraphQL, Response Format).
pub(crate) fn errors_response(errors: &[ServerError]) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        errors: &'a [ServerError],
    }
    let mut response = Json(Body { errors }).into_response();
    // For whoever counts.
    response.extensions_mut().insert(refused(errors));
    response
}

/// The code of the first error.
pub(crate) fn code(errors: &[ServerError]) -> Option<&str> {
    errors.first().map(|error| text(error, "code"))
}

/// For what was not executed.
pub(crate) fn refused(errors: &[ServerError]) -> Refused {
    errors.first().map_or(Refused::of(""), |error| {
        Refused::by(text(error, "code"), text(error, "limit"))
    })
}

fn text<'e>(error: &'e ServerError, key: &str) -> &'e str {
    let extensions = error.extensions.as_ref();
    match extensions.and_then(|all| all.get(key)) {
        Some(Value::String(text)) => text,
        _ => "",
    }
}
