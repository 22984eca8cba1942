//! What is known of every request before its route is: where it comes from, and the id under which it is logged.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tracing::Instrument;

use super::request_span;
use crate::http::response::common_headers::{REQUEST_ID, named};
use crate::http::{
    response::error::Refusal,
    state::App,
    tcp::{
        client_ip::{Client, Peer},
        connection_limiter::Connection,
        shared_stream::Line,
    },
};
use crate::model::request_id::RequestId;

#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) client: Client,
    /// Who is at the other end of the connection, which may be a proxy.
    pub(crate) peer: IpAddr,
    pub(crate) id: RequestId,
    /// A socket outlives the service of the connection that it was, and still counts.
    pub(crate) connection: Option<Arc<Connection>>,
    /// By which a socket can be spoken to from outside of its task.
    pub(crate) line: Option<Line>,
}

/// Adds the visit to the request and its id to the answer. A panic is answered, and ends nothing but its request.
pub(crate) async fn identify(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = app.ids.next();
    let peer = request.extensions().get::<Peer>();
    // Only a router without a connection, as in a test of ours, has no peer.
    let peer = peer.map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip());
    let client = Client::find(peer, request.headers(), &app.doors.proxies);
    let visit = Visit {
        client,
        peer,
        id: id.clone(),
        connection: request.extensions_mut().remove(),
        line: request.extensions_mut().remove(),
    };
    request.extensions_mut().insert(visit);
    let span = request_span::span(&request, &id);
    let answered = next
        .run(request)
        .instrument(tracing::info_span!(parent: &span, "http", request = %id));
    let answered = AssertUnwindSafe(answered).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| {
        tracing::error!(request = %id, "a handler panicked");
        Refusal::internal().of(&id).into_response()
    });
    if let Some(refused) = response.extensions_mut().remove() {
        app.metrics.refuse(refused);
    }
    request_span::note(&span, response.status());
    app.metrics.respond(response.status().as_u16());
    response.headers_mut().insert(REQUEST_ID, named(&id));
    response
}
