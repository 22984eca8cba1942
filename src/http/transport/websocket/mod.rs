//! graphql-transport-ws, the protocol of graphql-ws (`PROTOCOL.md` there), from the upgrade to the close.
//!
//! Our own, because async-graphql 7.2.1's replaces a running operation of the same id, waits for an init for ever, and
//! lets a stalled reader block everything behind a send. Invariant: one task owns a socket and all that runs on it.

mod active_operations;
mod close;
mod connection;
mod dispatch;
mod frame_sink;
mod messages;
mod socket_events;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::HeaderMap,
    response::Response,
};

use super::stream_permit::enter;
use crate::http::{
    middleware::{authentication::authorization, origin, request_context::Visit},
    response::error::Refusal,
    state::App,
};
use close::Close;
use connection::Connection;

const PROTOCOL: &str = "graphql-transport-ws";

/// Bytes of a socket's read buffer, which it has for as long as it is open: thousands mostly listen to nobody. What is
/// larger is read in as many pieces.
const READ_BUFFER: usize = 1 << 10;
/// Bytes that may wait to be sent to a socket. One message is written at a time, so this bounds a message; the largest
/// answer within the limit of cost is smaller.
const WRITE_BUFFER: usize = 16 << 20;

/// # Errors
/// 400 or 426 if it is no upgrade, 403 for a page of another origin, 503 once we are stopping or if there are too many.
pub(crate) async fn upgrade(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|error| Refusal::no_upgrade(error.body_text()))?;
    if !origin::is_allowed(&headers, &app) {
        return Err(Refusal::foreign_origin());
    }
    let place = enter(&app, &visit, &app.metrics.sockets)?;
    let authorization = authorization(&headers)?.map(str::to_owned);
    let message = app.limits.transport.message_bytes;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_message_size(message)
        .max_frame_size(message);
    let speaks = upgrade.selected_protocol().is_some();
    Ok(upgrade.on_upgrade(async move |mut socket| {
        if speaks {
            let connection = Connection::new(app, socket, visit, authorization, place);
            // In a task of its own: the upgrade's has room for the socket several times over, and would keep it. It ends
            // with the socket, or at the latest with the server's grace.
            tokio::spawn(connection.run());
        } else {
            close::send(&mut socket, &Close::wrong_protocol()).await;
            drop(place);
        }
    }))
}
