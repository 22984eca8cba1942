//! GraphQL over HTTP: one request, one answer (the specification's draft of the GraphQL Working Group).
//!
//! Nothing here streams; subscriptions are refused with a word on where they are answered.

use std::sync::Arc;

use async_graphql::{Response as Answer, ServerError, parser::types::OperationType};
use async_graphql_axum::GraphQLResponse;
use axum::{
    extract::{Request, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use super::{
    App,
    accept::{self, MediaType},
    authorization::caller_of_headers,
    operation::{self, Operation},
    params::Params,
    refusal::{Refusal, error, errors_response},
    websocket,
};

/// A query in the address, or the upgrade to a socket for clients that know one address only.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    if upgrade.is_ok() {
        return websocket::upgrade(State(app), headers, upgrade).await;
    }
    let media = accept::negotiate(&headers)?;
    let operation = Operation::prepare(Params::from_uri(&uri)?);
    operation::require_safe(&operation)?;
    answer(&app, media, &headers, operation).await
}

pub(super) async fn post(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Refusal> {
    let headers = request.headers().clone();
    let media = accept::negotiate(&headers)?;
    let params = Params::from_body(request, app.limits.body).await?;
    answer(&app, media, &headers, Operation::prepare(params)).await
}

async fn answer(
    app: &App,
    media: MediaType,
    headers: &HeaderMap,
    operation: Result<Operation, ServerError>,
) -> Result<Response, Refusal> {
    let caller = caller_of_headers(app, headers).await?;
    let operation = match operation {
        Ok(operation) if operation.kind == OperationType::Subscription => {
            return Ok(refuse(media, &[elsewhere()]));
        }
        Ok(operation) => operation,
        Err(error) => return Ok(refuse(media, &[error])),
    };
    let request = operation.request.data(caller);
    let answer = timeout(app.limits.execution, app.schema.execute(request))
        .await
        .map_err(|_| Refusal::slow_execution())?;
    if operation::is_refused(operation.kind, &answer) {
        return Ok(refuse(media, &answer.errors));
    }
    Ok(executed(media, answer))
}

fn elsewhere() -> ServerError {
    error(
        "BAD_REQUEST",
        "subscriptions are answered at /graphql/ws and /graphql/stream",
    )
}

fn executed(media: MediaType, answer: Answer) -> Response {
    typed(media, GraphQLResponse::from(answer).into_response())
}

fn refuse(media: MediaType, errors: &[ServerError]) -> Response {
    let mut response = typed(media, errors_response(errors));
    *response.status_mut() = media.request_error_status();
    response
}

fn typed(media: MediaType, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static(media.content_type());
    headers.insert(header::CONTENT_TYPE, kind);
    // The same address answers in two types, and to each caller what it may see.
    let vary = HeaderValue::from_static("Accept, Authorization");
    headers.insert(header::VARY, vary);
    response
}
