//! Server-sent events: graphql-sse, "distinct connections mode", a stream for each operation.
//!
//! A subscription's events carry its cursor as `id`, so that a browser's `EventSource` resumes by `Last-Event-ID`
//! without a line of code. `complete` means finished; a stream that we had to cut ends without it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_graphql::{ServerError, Value};
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt, stream};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

use super::stream_permit::{Place, enter};
use crate::graphql::subscription_start::ResumeFrom;
use crate::http::{
    execution::{self, event::Said},
    middleware::{
        authentication::{authorization, find_asker, find_caller},
        request_context::Visit,
    },
    operation::{
        self, Operation, Rejection,
        params::{self, Params},
    },
    response::{content_negotiation, error::Refusal, graphql_error::errors_response},
    state::App,
};

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    content_negotiation::require_events(&headers)?;
    let place = enter(&app, &visit, &app.metrics.streams)?;
    let asker = find_asker(&app, &headers, visit).await?;
    let operation = Operation::prepare(&app, asker, Params::from_uri(&uri)?);
    operation::require_safe(&operation)?;
    open(&app, &headers, operation, place).await
}

pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Result<Response, Refusal> {
    let headers = request.headers().clone();
    content_negotiation::require_events(&headers)?;
    let place = enter(&app, &visit, &app.metrics.streams)?;
    let asker = find_asker(&app, &headers, visit).await?;
    let text = params::body(request, &app.limits).await?;
    // As on a socket: what a subscription was asked with is held for as long as it lives.
    let most = app.limits.transport.message_bytes;
    if text.len() > most {
        return Err(Refusal::large_message(most));
    }
    let params = Params::from_bytes(&text)?;
    let operation = Operation::prepare(&app, asker, params);
    open(&app, &headers, operation, place).await
}

async fn open(
    app: &Arc<App>,
    headers: &HeaderMap,
    operation: Result<Operation, Rejection>,
    place: Place,
) -> Result<Response, Refusal> {
    let operation = match operation {
        Ok(operation) => operation,
        Err(Rejection::Errors(errors)) => return Ok(refuse(&errors)),
        Err(Rejection::Exhausted(retry_after)) => return Err(Refusal::exhausted(retry_after)),
    };
    let mut said = execution::answers(app, operation, resume_from(headers)?, None);
    let first = said.next().await;
    if let Some(Said::Refused(errors)) = &first {
        return Ok(refuse(errors));
    }
    let events = stream::iter(first).chain(said).map(|said| event(&said));
    // Without a line of data, even an empty one, a browser would swallow the event. axum's `Event` cannot write that line.
    let complete = stream::once(async { "event: complete\ndata: \n\n".to_owned() });
    let authorization = authorization(headers)?.map(str::to_owned);
    let events = events
        .chain(complete)
        .take_until(revoked(Arc::clone(app), authorization));
    Ok(respond(app, events, place))
}

fn refuse(errors: &[ServerError]) -> Response {
    let is = |code: &str| errors.iter().any(|error| has_code(error, code));
    let status = if is("INTERNAL_SERVER_ERROR") {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if is("UNAVAILABLE") {
        StatusCode::SERVICE_UNAVAILABLE
    } else if is("TIMEOUT") {
        StatusCode::GATEWAY_TIMEOUT
    } else {
        StatusCode::BAD_REQUEST
    };
    (status, errors_response(errors)).into_response()
}

fn has_code(error: &ServerError, code: &str) -> bool {
    let extensions = error.extensions.as_ref();
    extensions.and_then(|all| all.get("code")) == Some(&Value::from(code))
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

fn event(said: &Said) -> String {
    match said {
        // An id without data moves the client's place and is no event (HTML, 9.2.6): it can resume from now on.
        Said::Began(cursor) => format!("id: {cursor}\n\n"),
        Said::Next(told) => {
            let (id, payload) = (told.cursor.as_ref(), &told.payload);
            let id = id.map_or_else(String::new, |cursor| format!("id: {cursor}\n"));
            format!("event: next\n{id}data: {payload}\n\n")
        }
        // Only ever the first word, which has been answered with a status.
        Said::Refused(_) => String::new(),
    }
}

/// Returns when the token is refused; never without one. A database that cannot answer just now refuses nobody.
async fn revoked(app: Arc<App>, authorization: Option<String>) {
    let Some(authorization) = authorization else {
        return std::future::pending().await;
    };
    loop {
        sleep(*app.limits.time.ping).await;
        match find_caller(&app, Some(&authorization)).await {
            Err(refusal) if !refusal.is_ours() => return,
            _ => {}
        }
    }
}

fn respond(
    app: &App,
    events: impl Stream<Item = String> + Send + 'static,
    place: Place,
) -> Response {
    let events = events
        .take_until(app.phases.clone().stopped())
        .map(move |event| {
            let _ = &place; // counted until the client leaves or the stream ends
            event
        });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("x-accel-buffering"), "no"), // nginx would hold events back
    ];
    let body = Body::from_stream(kept_alive(events, *app.limits.time.keep_alive));
    (headers, body).into_response()
}

/// A comment in every pause, so that nobody on the way takes the connection for dead.
fn kept_alive(
    events: impl Stream<Item = String> + Send + 'static,
    pause: Duration,
) -> impl Stream<Item = Result<String, Infallible>> + Send {
    stream::unfold(events.boxed(), move |mut events| async move {
        // Of a replay the next event is ready at once: whoever else is on this thread comes in between.
        yield_now().await;
        let text = match timeout(pause, events.next()).await {
            Ok(event) => event?,
            Err(_) => ":\n\n".to_owned(),
        };
        Some((Ok(text), events))
    })
}
