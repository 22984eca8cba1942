//! Failure responses for operations that the server could not complete: a timeout, a panic, an unreadable feed.

use std::any::Any;

use async_graphql::Response;

use super::graphql_error::{INTERNAL, graphql_error, set_extension, timeout_error};
use crate::{error::Error, model::request_id::RequestId};

/// Why an operation has no response. A panic carries the request under which it was logged.
#[derive(Debug)]
pub(crate) enum ExecutionFailure {
    Timeout,
    Panic(RequestId),
}

/// Logs a panic and returns the response for it.
pub(crate) fn panic_response(panic: &(dyn Any + Send), id: &RequestId) -> Response {
    failure_response(log_panic(panic, id))
}

/// The response for an error that ends a subscription. The caller has logged the error.
pub(crate) fn feed_failure_response(error: &Error, id: RequestId) -> Response {
    match error {
        Error::Unavailable(_) | Error::Contended(_) => {
            Response::from_errors(vec![graphql_error(error.code(), error.to_string())])
        }
        _ => failure_response(ExecutionFailure::Panic(id)),
    }
}

pub(crate) fn log_panic(panic: &(dyn Any + Send), id: &RequestId) -> ExecutionFailure {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(request = %id, panic = message, "resolver panicked");
    ExecutionFailure::Panic(id.clone())
}

pub(crate) fn failure_response(failure: ExecutionFailure) -> Response {
    Response::from_errors(vec![match failure {
        ExecutionFailure::Timeout => timeout_error(),
        ExecutionFailure::Panic(id) => {
            let mut internal = graphql_error("INTERNAL_SERVER_ERROR", INTERNAL);
            set_extension(&mut internal, "requestId", id.to_string());
            internal
        }
    }])
}
