//! WebSocket transport: the `graphql-transport-ws` protocol of graphql-ws (its `PROTOCOL.md`), from upgrade to close.
//!
//! Our own implementation, because that of async-graphql 7.2.1 replaces a running operation with the same id, waits for
//! `connection_init` without a timeout, and lets a client that does not read block everything behind a send. Invariant:
//! one task owns a socket and all its operations.

mod active_operations;
mod close;
mod connection;
mod dispatch;
mod frame_sink;
mod messages;
mod output;
mod socket_events;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, Uri, header},
    response::Response,
};

use super::stream_permit::admit_stream;
use crate::http::{
    middleware::{
        authentication::authorization_header,
        origin::{self, OriginAccess},
        request_context::RequestContext,
    },
    operation::pin::UrlPin,
    response::error::HttpError,
    state::AppState,
};
use close::CloseReason;
use connection::{Credentials, WebSocketConnection};

const PROTOCOL: &str = "graphql-transport-ws";

/// Bytes of a socket's read buffer. It is allocated as long as the socket is open, and most of thousands of sockets are
/// idle; a larger message is read in several pieces.
const READ_BUFFER_BYTES: usize = 1 << 10;
/// Bytes that may be queued for sending. One message is written at a time, so this limits a message; the largest
/// response within the cost limit is smaller.
const WRITE_BUFFER_BYTES: usize = 16 << 20;

/// # Errors
/// 400 or 426 if the request is not an upgrade, 403 for a page of another origin, 503 while draining or stopping, or if
/// the client has too many connections.
pub(crate) async fn upgrade(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, HttpError> {
    let upgrade = upgrade.map_err(|error| HttpError::not_an_upgrade(error.body_text()))?;
    if UrlPin::from_uri(&uri)?.is_set() {
        return Err(HttpError::pinned_socket());
    }
    let origin_access = origin::access_of(&headers, &app);
    let authorization = authorization_header(&headers)?.map(str::to_owned);
    if origin_access == OriginAccess::Denied
        || (origin_access == OriginAccess::WithoutToken && authorization.is_some())
    {
        return Err(HttpError::origin_not_allowed());
    }
    let permit = admit_stream(&app, &context, &app.metrics.websockets)?;
    let credentials = Credentials {
        authorization,
        origin_access,
    };
    let max_bytes = app.limits.transport.message_bytes;
    let upgrade = upgrade
        .protocols(
            [PROTOCOL.to_owned()]
                .into_iter()
                .chain(offered_protocol(&headers)),
        )
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(max_bytes)
        .max_frame_size(max_bytes);
    let selected = upgrade.selected_protocol();
    let has_protocol = selected.is_some_and(|protocol| protocol == PROTOCOL);
    Ok(upgrade.on_upgrade(async move |mut socket| {
        if has_protocol {
            let connection = WebSocketConnection::new(app, socket, context, credentials, permit);
            // A separate task: the future of the upgrade contains the socket several times over and would stay
            // allocated. It ends with the socket, or at the latest after the shutdown grace period.
            tokio::spawn(connection.run());
        } else {
            close::send_close(&mut socket, &CloseReason::wrong_protocol()).await;
            drop(permit);
        }
    }))
}

/// The first protocol that the client offers. It is selected where the client does not offer ours: most clients fail the
/// upgrade if none is selected, and would not learn of the close code 4406.
fn offered_protocol(headers: &HeaderMap) -> Option<String> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    let first = offered.split(',').next().unwrap_or_default().trim();
    (!first.is_empty()).then(|| first.to_owned())
}
