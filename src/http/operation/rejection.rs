//! Rejection of an operation before its execution, on any transport.

use std::time::Duration;

use async_graphql::ServerError;
use axum::response::Response;

use crate::graphql::cost::Cost;
use crate::http::{
    clients::resource_exceeded::ResourceExceeded,
    response::{
        content_negotiation::MediaType,
        error::HttpError,
        graphql_error::{graphql_error, rate_limit_error, resource_error, set_extension},
        request_error::request_error_response,
    },
};

/// Reason why an operation is not executed.
#[derive(Debug)]
pub(in crate::http) enum Rejection {
    /// Request errors (GraphQL, Response Format).
    Errors(Vec<ServerError>),
    /// The caller exceeded the rate limit; the duration is the time to wait.
    RateLimited(Duration),
    /// The client holds too much memory.
    Memory(ResourceExceeded),
}

impl Rejection {
    /// The errors for a WebSocket or an event stream, which have no HTTP status.
    pub(in crate::http) fn into_errors(self) -> Vec<ServerError> {
        match self {
            Self::Errors(errors) => errors,
            Self::Memory(exceeded) => vec![resource_error(exceeded)],
            Self::RateLimited(retry_after) => vec![rate_limit_error(retry_after)],
        }
    }

    /// The response over HTTP; `media` is that of a response that is no stream.
    /// # Errors
    /// 429 if the caller exceeded the rate limit, 503 if it holds too much memory.
    pub(in crate::http) fn into_response(
        self,
        media: Option<MediaType>,
    ) -> Result<Response, HttpError> {
        match self {
            Self::Errors(errors) => Ok(request_error_response(media, &errors)),
            Self::RateLimited(retry_after) => Err(HttpError::rate_limited(retry_after)),
            Self::Memory(exceeded) => Err(HttpError::resource_exceeded(exceeded)),
        }
    }
}

/// The error of an operation that costs more than it may.
pub(super) fn cost_limit_error(cost: &Cost, max: u32) -> ServerError {
    let (total, path) = (cost.total, cost.path.join("."));
    let message = format!(
        "the operation costs {total}, most of it at `{path}`; the limit (--max-cost) is {max}; \
         request smaller pages or fewer fields"
    );
    let mut error = graphql_error("QUERY_TOO_COMPLEX", message);
    set_extension(&mut error, "limit", "max-cost");
    set_extension(&mut error, "max", max);
    set_extension(&mut error, "cost", total);
    set_extension(&mut error, "path", path);
    error
}
