//! Server-sent events: graphql-sse, "distinct connections mode", a stream for each operation.
//!
//! A subscription's events carry its cursor as `id`, so that a browser's `EventSource` resumes by `Last-Event-ID`
//! without a line of code. `complete` means finished; a stream that we had to cut ends without it.

use std::{
    convert::Infallible,
    sync::{Arc, PoisonError},
    time::Duration,
};

use async_graphql::{Response as Answer, ServerError};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt, stream, stream::BoxStream};
use tokio::time::timeout;

use super::{
    App, accept,
    authorization::caller_of_headers,
    live::stopped,
    operation::{self, Operation},
    params::Params,
    refusal::{Refusal, errors_response},
};
use crate::graphql::resume::{LastSent, ResumeFrom};

pub(super) async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    accept::require_events(&headers)?;
    let operation = Operation::prepare(Params::from_uri(&uri)?);
    operation::require_safe(&operation)?;
    open(&app, &headers, operation).await
}

pub(super) async fn post(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Refusal> {
    let headers = request.headers().clone();
    accept::require_events(&headers)?;
    let params = Params::from_body(request, app.limits.body).await?;
    open(&app, &headers, Operation::prepare(params)).await
}

async fn open(
    app: &App,
    headers: &HeaderMap,
    operation: Result<Operation, ServerError>,
) -> Result<Response, Refusal> {
    if app.is_stopping() {
        return Err(Refusal::stopping());
    }
    let caller = caller_of_headers(app, headers).await?;
    let operation = match operation {
        Ok(operation) => operation,
        Err(error) => return Ok(refuse(&[error])),
    };
    let sent = LastSent::default();
    let request = operation
        .request
        .data(caller)
        .data(resume_from(headers)?)
        .data(sent.clone());
    let mut answers = app.schema.execute_stream(request);
    // A request error comes at once, while a subscription may stay silent for days.
    let first = timeout(app.limits.first_event, answers.next()).await;
    if let Ok(Some(first)) = &first
        && operation::is_refused(operation.kind, first)
    {
        return Ok(refuse(&first.errors));
    }
    let first = first.ok().flatten().map(|answer| event(&answer, &sent));
    let events = stream::iter(first).chain(rest(answers, sent));
    Ok(respond(app, events))
}

fn refuse(errors: &[ServerError]) -> Response {
    (StatusCode::BAD_REQUEST, errors_response(errors)).into_response()
}

/// # Errors
/// 400 if the header is no text, rather than starting from now and skipping what was missed.
fn resume_from(headers: &HeaderMap) -> Result<ResumeFrom, Refusal> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(ResumeFrom(None));
    };
    let cursor = value
        .to_str()
        .map_err(|_| Refusal::bad_request("Last-Event-ID is no cursor of ours"))?;
    Ok(ResumeFrom(
        Some(cursor.to_owned()).filter(|cursor| !cursor.is_empty()),
    ))
}

fn rest(answers: BoxStream<'static, Answer>, sent: LastSent) -> impl Stream<Item = String> {
    // Without a line of data, even an empty one, a browser would swallow the event. axum's `Event` cannot write that line.
    let complete = stream::once(async { "event: complete\ndata: \n\n".to_owned() });
    answers
        .map(move |answer| event(&answer, &sent))
        .chain(complete)
}

fn event(answer: &Answer, sent: &LastSent) -> String {
    // Taken, so that an answer without a cursor does not repeat the one before.
    let cursor = sent.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    let id = cursor.map_or_else(String::new, |cursor| format!("id: {cursor}\n"));
    let data = serde_json::to_string(answer).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer that is no JSON");
        "null".to_owned()
    });
    format!("event: next\n{id}data: {data}\n\n")
}

fn respond(app: &App, events: impl Stream<Item = String> + Send + 'static) -> Response {
    let guard = app.live.enter();
    let events = events
        .take_until(stopped(app.shutdown.clone()))
        .map(move |event| {
            let _ = &guard; // counted until the client leaves or the stream ends
            event
        });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("x-accel-buffering"), "no"), // nginx would hold events back
    ];
    let body = Body::from_stream(kept_alive(events, app.limits.keep_alive));
    (headers, body).into_response()
}

/// A comment in every pause, so that nobody on the way takes the connection for dead.
fn kept_alive(
    events: impl Stream<Item = String> + Send + 'static,
    pause: Duration,
) -> impl Stream<Item = Result<String, Infallible>> + Send {
    stream::unfold(events.boxed(), move |mut events| async move {
        let text = match timeout(pause, events.next()).await {
            Ok(event) => event?,
            Err(_) => ":\n\n".to_owned(),
        };
        Some((Ok(text), events))
    })
}
