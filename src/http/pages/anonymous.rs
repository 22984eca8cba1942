//! What pages do for a reader: they execute operations as an anonymous caller, so a page cannot show what the API does not,
//! and charge the reader's address for them.

use async_graphql::{Request, ServerError, Variables};
use serde_json::Value;

use crate::graphql::output::response_json;
use crate::http::{
    execution::one_state::execute_query, middleware::request_context::RequestContext,
    response::error::HttpError, state::AppState,
};
use crate::model::role::Caller;

/// # Errors
/// 429 if the address has not that much left.
pub(super) fn charge(app: &AppState, context: &RequestContext, cost: u32) -> Result<(), HttpError> {
    let charged = app
        .cost_limiter
        .charge(&Caller::anonymous(), context.client_ip, cost);
    match charged {
        Ok(_) => Ok(()),
        Err(error) => Err(HttpError::rate_limited(error.retry_after)),
    }
}

/// The data of the response as JSON, and its errors.
pub(super) async fn execute(
    app: &AppState,
    query: &str,
    variables: Value,
) -> (Vec<u8>, Vec<ServerError>) {
    let request = Request::new(query).variables(Variables::from_json(variables));
    let response = execute_query(app, request.data(Caller::anonymous())).await;
    let mut data = Vec::new();
    response_json::write_value(&response.data, &mut data);
    (data, response.errors)
}
