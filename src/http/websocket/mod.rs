//! graphql-transport-ws, the protocol of graphql-ws (`PROTOCOL.md` there), from the upgrade to the close.
//!
//! Our own, because async-graphql 7.2.1's replaces a running operation of the same id, waits for an init for ever, and
//! lets a stalled reader block everything behind a send. Invariant: one task owns a socket and all that runs on it.

mod close;
mod connection;
mod messages;
mod operations;

use std::sync::Arc;

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::HeaderMap,
    response::Response,
};

use super::{App, authorization::authorization, limits, origin, refusal::Refusal};
use close::Close;
use connection::Connection;

const PROTOCOL: &str = "graphql-transport-ws";

/// # Errors
/// 400 or 426 if it is no upgrade, 403 for a page of another origin, 503 once we are stopping.
pub(super) async fn upgrade(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|error| Refusal::bad_request(error.body_text()))?;
    if !origin::is_ours(&headers, &app.public_url) {
        return Err(Refusal::foreign_origin());
    }
    if app.is_stopping() {
        return Err(Refusal::stopping());
    }
    let authorization = authorization(&headers)?.map(str::to_owned);
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(limits::READ_BUFFER)
        .max_message_size(limits::MESSAGE)
        .max_frame_size(limits::MESSAGE);
    let speaks = upgrade.selected_protocol().is_some();
    let guard = app.live.enter();
    Ok(upgrade.on_upgrade(async move |socket| {
        if speaks {
            Connection::new(app, socket, authorization).run().await;
        } else {
            close::send(socket, &Close::wrong_protocol()).await;
        }
        drop(guard);
    }))
}
