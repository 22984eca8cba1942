//! Request context: client address, request id and connection of a request, attached before routing.
//!
//! The middleware also creates the request's span, converts a panic of a handler to a 500 response, and counts the
//! response.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tracing::Instrument;

use super::request_span;
use crate::http::response::common_headers::{REQUEST_ID, request_id_header};
use crate::http::{
    clients::{
        client_ip::{ClientIp, PeerAddress},
        resource_limiter::ResourcePermit,
    },
    response::error::HttpError,
    state::AppState,
    tcp::direct_writer::DirectWriter,
};
use crate::model::request_id::RequestId;

#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    pub(crate) client_ip: ClientIp,
    /// Address of the connection's peer, which may be a proxy.
    pub(crate) peer: IpAddr,
    pub(crate) id: RequestId,
    /// A WebSocket outlives the HTTP service of its connection and keeps the permit.
    pub(crate) permit: Option<Arc<ResourcePermit>>,
    /// Writes to the connection from outside of its task.
    pub(crate) direct_writer: Option<DirectWriter>,
}

/// Adds the context to the request and the request id to the response. A panic of a handler becomes a 500 response.
pub(crate) async fn attach_request_context(
    State(app): State<Arc<AppState>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = app.ids.next();
    let peer = request.extensions().get::<PeerAddress>();
    // Only a router without a listener, as in tests, has no peer.
    let peer = peer.map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip());
    let client_ip = ClientIp::from_request(peer, request.headers(), &app.access.proxies);
    let context = RequestContext {
        client_ip,
        peer,
        id: id.clone(),
        permit: request.extensions_mut().remove(),
        direct_writer: request.extensions_mut().remove(),
    };
    request.extensions_mut().insert(context);
    let span = request_span::request_span(&request, &id);
    let response = next
        .run(request)
        .instrument(tracing::info_span!(parent: &span, "http", request = %id));
    let response = AssertUnwindSafe(response).catch_unwind().await;
    let mut response = response.unwrap_or_else(|_| {
        tracing::error!(request = %id, "request handler panicked");
        HttpError::internal().with_request_id(&id).into_response()
    });
    if let Some(labels) = response.extensions_mut().remove() {
        app.metrics.count_rejection(labels);
    }
    request_span::record_status(&span, response.status());
    app.metrics.count_response(response.status().as_u16());
    response
        .headers_mut()
        .insert(REQUEST_ID, request_id_header(&id));
    response
}
