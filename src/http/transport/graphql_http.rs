//! GraphQL over HTTP: one request, one answer (the specification's draft of the GraphQL Working Group).
//!
//! Nothing here streams; subscriptions are refused with a word on where they are answered.

use std::sync::Arc;

use async_graphql::{ServerError, Value, parser::types::OperationType};
use async_graphql_axum::GraphQLResponse;
use axum::{
    Extension,
    body::Bytes,
    extract::{Request, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::websocket;
use crate::cache::tagged_cache::Made;
use crate::http::{
    execution,
    middleware::{authentication::find_asker, request_context::Visit},
    operation::{
        self, Asker, Operation, Rejection,
        params::{self, Params},
    },
    response::{
        cached::{Answer, Question},
        content_negotiation::{self, MediaType},
        error::Refusal,
        etag,
        graphql_error::{error, errors_response},
    },
    state::App,
};
use crate::{
    cache::recorder::Reads,
    graphql::{cost::Cost, output::response_json},
};

/// Asks to be told the cost, in `extensions.cost` of the answer.
const COST: HeaderName = HeaderName::from_static("demarche-cost");

/// What may be kept on the way to the client (RFC 9111, 5.2.2).
const NOTHING: HeaderValue = HeaderValue::from_static("no-store");
/// Kept, but asked for by its name each time.
const NAMED: HeaderValue = HeaderValue::from_static("no-cache");
/// The same for everybody, and for a while: so short that nobody is told yesterday's stance.
const SHARED: HeaderValue = HeaderValue::from_static("public, max-age=5");

/// A query in the address, or the upgrade to a socket for clients that know one address only.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    if upgrade.is_ok() {
        return websocket::upgrade(State(app), Extension(visit), headers, upgrade).await;
    }
    let media = content_negotiation::negotiate(&headers)?;
    let asker = find_asker(&app, &headers, visit).await?;
    let text = Bytes::copy_from_slice(uri.query().unwrap_or_default().as_bytes());
    let question = question(text, media, &asker, &headers);
    let read = || Params::from_uri(&uri);
    let response = answer(&app, question, asker, Method::Get, read).await?;
    Ok(if etag::names_body(&headers, &response) {
        unmodified(response)
    } else {
        response
    })
}

pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Result<Response, Refusal> {
    let headers = request.headers().clone();
    let media = content_negotiation::negotiate(&headers)?;
    let asker = find_asker(&app, &headers, visit).await?;
    let text = params::body(request, &app.limits).await?;
    let question = question(text.clone(), media, &asker, &headers);
    let read = || Params::from_bytes(&text);
    answer(&app, question, asker, Method::Post, read).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

fn question(text: Bytes, media: MediaType, asker: &Asker, headers: &HeaderMap) -> Question {
    Question {
        text,
        media,
        role: asker.caller.role,
        is_anonymous: asker.caller.name.is_none(),
        tells_cost: asks_for_cost(headers),
    }
}

pub(crate) fn asks_for_cost(headers: &HeaderMap) -> bool {
    headers.contains_key(COST)
}

/// From what is kept, or else made from what `read` finds to have been asked.
async fn answer(
    app: &App,
    question: Question,
    asker: Asker,
    method: Method,
    read: impl FnOnce() -> Result<Params, Refusal>,
) -> Result<Response, Refusal> {
    if let Some(kept) = app.answers.find(&question) {
        let paid = app.rates.spend(&asker.caller, asker.client, kept.cost);
        paid.map_err(|exhausted| Refusal::exhausted(exhausted.retry_after))?;
        return Ok(kept.into_response());
    }
    // On the heap, so that who is given what is kept carries no room for an execution.
    Box::pin(make(app, question, asker, method, read()?)).await
}

async fn make(
    app: &App,
    question: Question,
    asker: Asker,
    method: Method,
    params: Params,
) -> Result<Response, Refusal> {
    let caching = match method {
        Method::Get if params.query.is_none() && question.is_anonymous => SHARED,
        Method::Get => NAMED,
        Method::Post => NOTHING,
    };
    let media = question.media;
    let operation = Operation::prepare(app, asker, params);
    if method == Method::Get {
        operation::require_safe(&operation)?;
    }
    let mut operation = match operation {
        Ok(operation) => operation,
        Err(Rejection::Errors(errors)) => return Ok(refuse(media, &errors)),
        Err(Rejection::Exhausted(retry_after)) => return Err(Refusal::exhausted(retry_after)),
    };
    let tells_cost = question.tells_cost;
    match operation.kind {
        OperationType::Subscription => Ok(refuse(media, &[elsewhere()])),
        OperationType::Mutation => {
            let made = execute(app, media, operation, tells_cost, NOTHING).await?;
            Ok(made.value.into_response())
        }
        OperationType::Query => {
            let reads = Reads::default();
            operation.request = operation.request.data(reads.clone());
            let execute = Box::pin(execute(app, media, operation, tells_cost, caching));
            let answer = app.answers.find_or(question, reads, execute).await?;
            Ok(answer.into_response())
        }
    }
}

async fn execute(
    app: &App,
    media: MediaType,
    operation: Operation,
    tells_cost: bool,
    caching: HeaderValue,
) -> Result<Made<Answer>, Refusal> {
    let (kind, cost) = (operation.kind, operation.cost.clone());
    let mut answer = execution::answer(app, operation).await?;
    let is_whole = answer.errors.is_empty();
    if operation::is_refused(kind, &answer) {
        let value = Answer::of(refuse(media, &answer.errors), cost.total).await?;
        return Ok(Made { value, is_whole });
    }
    if tells_cost {
        let told = told(&cost, app.limits.document.cost);
        answer.extensions.insert("cost".to_owned(), told);
    }
    let written = match kind {
        OperationType::Mutation => GraphQLResponse::from(answer).into_response(),
        // Holds text that only our writer knows.
        OperationType::Query | OperationType::Subscription => {
            response_json::response(&answer).into_response()
        }
    };
    let mut response = typed(media, written);
    if is_whole {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, caching);
    }
    let value = Answer::of(response, cost.total).await?;
    Ok(Made { value, is_whole })
}

fn told(cost: &Cost, limit: u32) -> Value {
    let path = cost.path.join(".");
    let pairs = [
        ("total", Value::from(cost.total)),
        ("limit", Value::from(limit)),
        ("path", Value::from(path)),
    ];
    let named = pairs.map(|(key, value)| (async_graphql::Name::new(key), value));
    Value::Object(named.into_iter().collect())
}

fn elsewhere() -> ServerError {
    error(
        "BAD_REQUEST",
        "subscriptions are answered at /graphql/ws and /graphql/stream",
    )
}

fn refuse(media: MediaType, errors: &[ServerError]) -> Response {
    let mut response = typed(media, errors_response(errors));
    *response.status_mut() = media.request_error_status();
    response
}

/// RFC 9110, 15.4.5: the headers without the bytes.
pub(crate) fn unmodified(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    (parts, ()).into_response()
}

fn typed(media: MediaType, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static(media.content_type());
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, NOTHING);
    // The same address answers in two types, and to each caller what it may see.
    let vary = HeaderValue::from_static("Accept, Authorization");
    headers.insert(header::VARY, vary);
    response
}
