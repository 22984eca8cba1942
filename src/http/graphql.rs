//! GraphQL over HTTP: one request, one answer (the specification's draft of the GraphQL Working Group).
//!
//! Nothing here streams; subscriptions are refused with a word on where they are answered.

use std::sync::Arc;

use async_graphql::{Response as Answer, ServerError, Value, parser::types::OperationType};
use async_graphql_axum::GraphQLResponse;
use axum::{
    Extension,
    extract::{Request, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::{
    App,
    accept::{self, MediaType},
    authorization::find_asker,
    execution,
    operation::{self, Operation, Rejection},
    params::Params,
    refusal::{Refusal, error, errors_response},
    visit::Visit,
    websocket,
};
use crate::graphql::cost::Cost;

/// Asks to be told the cost, in `extensions.cost` of the answer.
const COST: HeaderName = HeaderName::from_static("demarche-cost");

/// The same for everybody, and the same for a while: so short that nobody is told yesterday's stance.
const SHARED: HeaderValue = HeaderValue::from_static("public, max-age=5");
const PRIVATE: HeaderValue = HeaderValue::from_static("no-store");

/// A query in the address, or the upgrade to a socket for clients that know one address only.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    if upgrade.is_ok() {
        return websocket::upgrade(State(app), Extension(visit), headers, upgrade).await;
    }
    let media = accept::negotiate(&headers)?;
    let asker = find_asker(&app, &headers, visit).await?;
    let is_anonymous = asker.caller.name.is_none();
    let params = Params::from_uri(&uri)?;
    let is_trusted = params.query.is_none();
    let operation = Operation::prepare(&app, asker, params);
    operation::require_safe(&operation)?;
    let mut response = answer(&app, media, &headers, operation).await?;
    if is_trusted && is_anonymous && response.status() == StatusCode::OK {
        response.headers_mut().insert(header::CACHE_CONTROL, SHARED);
    }
    Ok(response)
}

pub(super) async fn post(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Result<Response, Refusal> {
    let headers = request.headers().clone();
    let media = accept::negotiate(&headers)?;
    let asker = find_asker(&app, &headers, visit).await?;
    let params = Params::from_body(request, &app.limits).await?;
    let operation = Operation::prepare(&app, asker, params);
    answer(&app, media, &headers, operation).await
}

async fn answer(
    app: &App,
    media: MediaType,
    headers: &HeaderMap,
    operation: Result<Operation, Rejection>,
) -> Result<Response, Refusal> {
    let operation = match operation {
        Ok(operation) if operation.kind == OperationType::Subscription => {
            return Ok(refuse(media, &[elsewhere()]));
        }
        Ok(operation) => operation,
        Err(Rejection::Errors(errors)) => return Ok(refuse(media, &errors)),
        Err(Rejection::Exhausted(retry_after)) => return Err(Refusal::exhausted(retry_after)),
    };
    let (kind, cost) = (operation.kind, operation.cost.clone());
    let mut answer = execution::answer(app, operation).await?;
    if operation::is_refused(kind, &answer) {
        return Ok(refuse(media, &answer.errors));
    }
    if headers.contains_key(COST) {
        let cost = told(&cost, app.limits.document.cost);
        answer.extensions.insert("cost".to_owned(), cost);
    }
    Ok(executed(media, answer))
}

fn told(cost: &Cost, limit: u32) -> Value {
    let path = cost.path.join(".");
    Value::Object(
        [
            ("total", Value::from(cost.total)),
            ("limit", Value::from(limit)),
            ("path", Value::from(path)),
        ]
        .map(|(key, value)| (async_graphql::Name::new(key), value))
        .into_iter()
        .collect(),
    )
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
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    // The same address answers in two types, and to each caller what it may see.
    let vary = HeaderValue::from_static("Accept, Authorization");
    headers.insert(header::VARY, vary);
    response
}
