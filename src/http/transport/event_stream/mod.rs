//! Event streams: the responses of one operation over HTTP, one after the other, in one of three formats.
//!
//! The formats differ in [`framing`] only; cursors, limits, keep-alive and the end of a stream are the same. Invariant: a
//! client can tell an operation that has finished from a stream that the server ends, after which it has to resume.

mod body;
mod framing;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;

use super::stream_permit::{StreamPermit, admit_stream};
use crate::graphql::subscription_start::ResumeCursor;
use crate::http::{
    execution::{self, event::OperationEvent},
    middleware::{
        authentication::{authenticate, authorization_header},
        request_context::RequestContext,
    },
    operation::{
        self, PreparedOperation,
        params::{self, RequestParams},
        rejection::Rejection,
    },
    response::{
        cached::RequestMethod,
        content_negotiation::{self, MediaType, StreamFormat},
        error::HttpError,
        request_error::{VARY, request_error_response},
    },
    state::AppState,
};
use framing::Framing;

pub(crate) async fn get(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, HttpError> {
    let format = content_negotiation::negotiate_stream(&headers)?;
    respond_to_get(&app, &context, &headers, &uri, format).await
}

pub(crate) async fn post(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    request: Request,
) -> Result<Response, HttpError> {
    let format = content_negotiation::negotiate_stream(request.headers())?;
    respond_to_post(&app, &context, request, format).await
}

/// The stream of any operation but a mutation.
pub(super) async fn respond_to_get(
    app: &Arc<AppState>,
    context: &RequestContext,
    headers: &HeaderMap,
    uri: &Uri,
    format: StreamFormat,
) -> Result<Response, HttpError> {
    let permit = admit_stream(app, context, &app.metrics.event_streams)?;
    let requester = authenticate(app, headers, context).await?;
    let operation = PreparedOperation::prepare(app, requester, RequestParams::from_uri(uri)?);
    operation::reject_get_mutation(&operation)?;
    let request = StreamRequest {
        headers,
        method: RequestMethod::Get,
        format,
        error_media: None,
    };
    start_prepared(app, request, operation, permit).await
}

/// The stream of any operation.
pub(super) async fn respond_to_post(
    app: &Arc<AppState>,
    context: &RequestContext,
    request: Request,
    format: StreamFormat,
) -> Result<Response, HttpError> {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let permit = admit_stream(app, context, &app.metrics.event_streams)?;
    let requester = authenticate(app, &headers, context).await?;
    let body = params::read_body(request, &app.limits).await?;
    check_request_bytes(app, body.len())?;
    let params = RequestParams::from_post(&uri, &body)?;
    let operation = PreparedOperation::prepare(app, requester, params);
    let request = StreamRequest {
        headers: &headers,
        method: RequestMethod::Post,
        format,
        error_media: None,
    };
    start_prepared(app, request, operation, permit).await
}

/// The limit of WebSocket messages applies too: a subscription's request stays in memory as long as it runs.
/// # Errors
/// 413 for a larger request.
pub(super) fn check_request_bytes(app: &AppState, bytes: usize) -> Result<(), HttpError> {
    let limit = app.limits.transport.message_bytes;
    if bytes > limit {
        return Err(HttpError::message_too_large(limit));
    }
    Ok(())
}

async fn start_prepared(
    app: &Arc<AppState>,
    request: StreamRequest<'_>,
    operation: Result<PreparedOperation, Rejection>,
    permit: StreamPermit,
) -> Result<Response, HttpError> {
    match operation {
        Ok(operation) => start_stream(app, request, operation, permit).await,
        Err(rejection) => rejection.into_response(request.error_media),
    }
}

/// How a client asks for a stream, and how it reads errors.
#[derive(Clone, Copy)]
pub(super) struct StreamRequest<'h> {
    pub(super) headers: &'h HeaderMap,
    pub(super) method: RequestMethod,
    pub(super) format: StreamFormat,
    /// The media type of request errors, `None` for a client that accepts only streams.
    pub(super) error_media: Option<MediaType>,
}

/// The stream of an operation, or a request error with an HTTP status.
pub(super) async fn start_stream(
    app: &Arc<AppState>,
    request: StreamRequest<'_>,
    operation: PreparedOperation,
    permit: StreamPermit,
) -> Result<Response, HttpError> {
    let headers = request.headers;
    let mut events = execution::stream(app, operation, resume_cursor(headers)?, None);
    let first = events.next().await;
    if let Some(OperationEvent::RequestError(errors)) = &first {
        return Ok(request_error_response(request.error_media, errors));
    }
    let framing = Framing::new(request.format, request.method);
    let authorization = authorization_header(headers)?.map(str::to_owned);
    let body = body::stream_body(app, first, events, framing, authorization, permit);
    let mut response = body.into_response();
    set_stream_headers(response.headers_mut(), framing);
    Ok(response)
}

fn set_stream_headers(headers: &mut HeaderMap, framing: Framing) {
    let content_type = HeaderValue::from_static(framing.content_type());
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, VARY);
    // Otherwise nginx buffers events.
    let no = HeaderValue::from_static("no");
    headers.insert(HeaderName::from_static("x-accel-buffering"), no);
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
