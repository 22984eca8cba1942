//! Server-sent events: graphql-sse, "distinct connections mode", one stream per operation.
//!
//! An event of a subscription carries its cursor as `id`, so that a browser's `EventSource` resumes with
//! `Last-Event-ID` without any code. Invariant: `complete` is sent only when the operation has finished; a stream that
//! the server closes ends without it, and the client reconnects.

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

use super::stream_permit::{StreamPermit, admit_stream};
use crate::graphql::subscription_start::ResumeCursor;
use crate::http::{
    execution::{self, event::OperationEvent},
    middleware::{
        authentication::{authenticate, authenticate_header, authorization_header},
        request_context::RequestContext,
    },
    operation::{
        self, PreparedOperation, Rejection,
        params::{self, RequestParams},
    },
    response::{content_negotiation, error::HttpError, graphql_error::errors_response},
    state::AppState,
};

pub(crate) async fn get(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, HttpError> {
    content_negotiation::require_event_stream(&headers)?;
    let permit = admit_stream(&app, &context, &app.metrics.event_streams)?;
    let requester = authenticate(&app, &headers, context).await?;
    let operation = PreparedOperation::prepare(&app, requester, RequestParams::from_uri(&uri)?);
    operation::reject_get_mutation(&operation)?;
    start_stream(&app, &headers, operation, permit, StartEvent::Named).await
}

pub(crate) async fn post(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    request: Request,
) -> Result<Response, HttpError> {
    let headers = request.headers().clone();
    content_negotiation::require_event_stream(&headers)?;
    let permit = admit_stream(&app, &context, &app.metrics.event_streams)?;
    let requester = authenticate(&app, &headers, context).await?;
    let body = params::read_body(request, &app.limits).await?;
    // The limit of WebSocket messages applies too: a subscription's request stays in memory as long as it runs.
    let limit = app.limits.transport.message_bytes;
    if body.len() > limit {
        return Err(HttpError::message_too_large(limit));
    }
    let params = RequestParams::from_bytes(&body)?;
    let operation = PreparedOperation::prepare(&app, requester, params);
    start_stream(&app, &headers, operation, permit, StartEvent::IdOnly).await
}

async fn start_stream(
    app: &Arc<AppState>,
    headers: &HeaderMap,
    operation: Result<PreparedOperation, Rejection>,
    permit: StreamPermit,
    start_event: StartEvent,
) -> Result<Response, HttpError> {
    let operation = match operation {
        Ok(operation) => operation,
        Err(Rejection::Errors(errors)) => return Ok(request_error_response(&errors)),
        Err(Rejection::RateLimited(retry_after)) => {
            return Err(HttpError::rate_limited(retry_after));
        }
        Err(Rejection::Memory(exceeded)) => return Err(HttpError::too_much_memory(exceeded)),
    };
    let mut events = execution::stream(app, operation, resume_cursor(headers)?, None);
    let first = events.next().await;
    if let Some(OperationEvent::RequestError(errors)) = &first {
        return Ok(request_error_response(errors));
    }
    let texts = stream::iter(first)
        .chain(events)
        .map(move |event| format_event(&event, start_event));
    // Browsers ignore an event without a `data` line, even an empty one, and axum's `Event` cannot write an empty one.
    let complete = stream::once(async { "event: complete\ndata: \n\n".to_owned() });
    let authorization = authorization_header(headers)?.map(str::to_owned);
    let texts = texts
        .chain(complete)
        .take_until(token_revoked(Arc::clone(app), authorization));
    Ok(event_stream_response(app, texts, permit))
}

fn request_error_response(errors: &[ServerError]) -> Response {
    let contains = |code: &str| errors.iter().any(|error| has_code(error, code));
    let status = if contains("INTERNAL_SERVER_ERROR") {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if contains("UNAVAILABLE") {
        StatusCode::SERVICE_UNAVAILABLE
    } else if contains("TIMEOUT") {
        StatusCode::GATEWAY_TIMEOUT
    } else {
        StatusCode::BAD_REQUEST
    };
    (status, errors_response(errors)).into_response()
}

fn has_code(error: &ServerError, code: &str) -> bool {
    let extensions = error.extensions.as_ref();
    extensions.and_then(|extensions| extensions.get("code")) == Some(&Value::from(code))
}

/// The form of the start cursor. An `id` without data sets the client's last event ID and dispatches no event (HTML, 9.2.6).
#[derive(Clone, Copy)]
enum StartEvent {
    /// For graphql-sse, which sends POST and rejects every event but `next` and `complete`.
    IdOnly,
    /// For `EventSource` libraries, which send GET: several forget the id of an event without data, so that a client would
    /// reconnect at the head.
    Named,
}

/// # Errors
/// 400 if the header is not text: starting at the head instead would skip the missed events.
fn resume_cursor(headers: &HeaderMap) -> Result<ResumeCursor, HttpError> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(ResumeCursor(None));
    };
    let cursor = value.to_str().map_err(|_| {
        HttpError::bad_request(
            "Last-Event-ID is not a valid cursor; send the `id` of the last received event",
        )
    })?;
    Ok(ResumeCursor(
        Some(cursor.to_owned()).filter(|cursor| !cursor.is_empty()),
    ))
}

fn format_event(event: &OperationEvent, start_event: StartEvent) -> String {
    match event {
        OperationEvent::Started(cursor) => match start_event {
            StartEvent::IdOnly => format!("id: {cursor}\n\n"),
            StartEvent::Named => format!("event: place\nid: {cursor}\ndata: \n\n"),
        },
        OperationEvent::Next(next) => {
            let (cursor, payload) = (next.cursor.as_ref(), &next.payload);
            let id = cursor.map_or_else(String::new, |cursor| format!("id: {cursor}\n"));
            format!("event: next\n{id}data: {payload}\n\n")
        }
        // Occurs only as the first event, which was answered with an HTTP status.
        OperationEvent::RequestError(_) => String::new(),
    }
}

/// Returns when the token is rejected; never returns without a token, or because the database is unavailable.
async fn token_revoked(app: Arc<AppState>, authorization: Option<String>) {
    let Some(authorization) = authorization else {
        return std::future::pending().await;
    };
    loop {
        sleep(*app.limits.time.ping).await;
        match authenticate_header(&app, Some(&authorization)).await {
            Err(error) if !error.is_server_error() => return,
            _ => {}
        }
    }
}

fn event_stream_response(
    app: &AppState,
    texts: impl Stream<Item = String> + Send + 'static,
    permit: StreamPermit,
) -> Response {
    let texts = texts
        .take_until(app.lifecycle.clone().stopping())
        .map(move |text| {
            let _ = &permit; // held until the client disconnects or the stream ends
            text
        });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("x-accel-buffering"), "no"), // otherwise nginx buffers events
    ];
    let body = Body::from_stream(with_keep_alive(texts, *app.limits.time.keep_alive));
    (headers, body).into_response()
}

/// Adds a comment line in every pause, so that no proxy closes the connection as idle.
fn with_keep_alive(
    texts: impl Stream<Item = String> + Send + 'static,
    pause: Duration,
) -> impl Stream<Item = Result<String, Infallible>> + Send {
    stream::unfold(texts.boxed(), move |mut texts| async move {
        // During a replay the next event is always ready: yield, so that other tasks on this thread run in between.
        yield_now().await;
        let text = match timeout(pause, texts.next()).await {
            Ok(text) => text?,
            Err(_) => ":\n\n".to_owned(),
        };
        Some((Ok(text), texts))
    })
}
