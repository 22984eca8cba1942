//! GraphQL over HTTP: one request, one response (draft specification of the GraphQL Working Group).
//!
//! A response comes from the response cache, or the operation is executed and its response cached. A subscription is
//! answered with a stream, and so is any operation of a client that accepts nothing else.

mod respond;

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{Request, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderName, StatusCode, Uri},
    response::{IntoResponse, Response},
};

use super::{event_stream, websocket};
use crate::http::{
    middleware::{authentication::authenticate, request_context::RequestContext},
    operation::params::{self, RequestParams},
    response::{
        cached::{RequestMethod, ResponseKey, SentRequest},
        content_negotiation::{self, Accepted, MediaType, StreamFormat},
        error::HttpError,
        etag,
    },
    state::AppState,
};
use crate::model::role::Caller;
use respond::respond;

/// With this header, the response contains the operation's cost in `extensions.cost`.
const COST_HEADER: HeaderName = HeaderName::from_static("demarche-cost");

/// Executes a query from the query string, or upgrades to a WebSocket for clients that use one URL for both.
pub(crate) async fn get(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, HttpError> {
    if upgrade.is_ok() {
        return websocket::upgrade(State(app), Extension(context), headers, uri, upgrade).await;
    }
    let (media, stream) = match content_negotiation::negotiate(&headers)? {
        Accepted::Response(media, stream) => (media, stream),
        Accepted::StreamOnly(format) => {
            return event_stream::respond_to_get(&app, &context, &headers, &uri, format).await;
        }
    };
    let requester = authenticate(&app, &headers, &context).await?;
    let request_bytes = Bytes::copy_from_slice(uri.query().unwrap_or_default().as_bytes());
    let sent = SentRequest {
        method: RequestMethod::Get,
        bytes: request_bytes,
        url_query: Bytes::new(),
    };
    let key = cache_key(sent, media, &requester.caller, &headers);
    let parse = || RequestParams::from_uri(&uri);
    let request = RequestHead {
        app: &app,
        context: &context,
        headers: &headers,
        stream,
    };
    let response = respond(request, key, requester, parse).await?;
    Ok(if etag::matches_response(&headers, &response) {
        not_modified(response)
    } else {
        response
    })
}

pub(crate) async fn post(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    request: Request,
) -> Result<Response, HttpError> {
    let (media, stream) = match content_negotiation::negotiate(request.headers())? {
        Accepted::Response(media, stream) => (media, stream),
        Accepted::StreamOnly(format) => {
            return event_stream::respond_to_post(&app, &context, request, format).await;
        }
    };
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let requester = authenticate(&app, &headers, &context).await?;
    let body = params::read_body(request, &app.limits).await?;
    let sent = SentRequest::by_post(body.clone(), &uri);
    let key = cache_key(sent, media, &requester.caller, &headers);
    let parse = || RequestParams::from_post(&uri, &body);
    let request = RequestHead {
        app: &app,
        context: &context,
        headers: &headers,
        stream,
    };
    respond(request, key, requester, parse).await
}

/// The head of a request, and what it means.
#[derive(Clone, Copy)]
struct RequestHead<'r> {
    app: &'r Arc<AppState>,
    context: &'r RequestContext,
    headers: &'r HeaderMap,
    /// The format of the stream, if the operation is a subscription.
    stream: Option<StreamFormat>,
}

/// The key of the response in the cache.
pub(crate) fn cache_key(
    sent: SentRequest,
    media: MediaType,
    caller: &Caller,
    headers: &HeaderMap,
) -> ResponseKey {
    ResponseKey {
        sent,
        media_type: media,
        role: caller.role,
        is_anonymous: caller.name.is_none(),
        includes_cost: headers.contains_key(COST_HEADER),
    }
}

/// A 304 response: the headers without the body (RFC 9110, 15.4.5).
pub(crate) fn not_modified(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    (parts, ()).into_response()
}
