//! Output of a WebSocket connection: messages and pings, each within the send timeout.

use std::{pin::pin, task::Poll};

use axum::{body::Bytes, extract::ws::Message};
use futures_util::{SinkExt, poll};
use tokio::time::timeout;

use super::{
    connection::{Disconnect, SocketResult, WebSocketConnection},
    messages::ServerMessage,
};

/// Pings in a row without any message, not even a pong, after which the peer counts as disconnected.
const MAX_UNANSWERED_PINGS: u32 = 2;

impl WebSocketConnection {
    pub(super) async fn ping(&mut self) -> SocketResult {
        if self.unanswered_pings >= MAX_UNANSWERED_PINGS {
            return Err(Disconnect::Gone);
        }
        self.unanswered_pings += 1;
        if self.caller.is_some() {
            self.reauthenticate().await?;
        }
        self.send(Message::Ping(Bytes::new())).await
    }

    pub(super) async fn send_message(&mut self, message: &ServerMessage<'_>) -> SocketResult {
        self.send(Message::text(message.json())).await
    }

    /// While the peer does not read, nothing else happens on this socket, so sending has a timeout.
    pub(super) async fn send(&mut self, message: Message) -> SocketResult {
        let writer = self.events.direct_writer();
        let counted = writer.map_or(Ok(()), |writer| {
            writer.count_message(message_bytes(&message))
        });
        counted.map_err(|exceeded| self.close_for_memory(exceeded))?;
        let mut sent = pin!(self.socket.send(message));
        // The kernel's buffer is almost never full, so the timer is created only if it is.
        let sent = match poll!(sent.as_mut()) {
            Poll::Ready(sent) => Ok(sent),
            Poll::Pending => Box::pin(timeout(*self.app.limits.time.send, sent)).await,
        };
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Disconnect::Gone),
        }
    }

    pub(super) async fn flush(&mut self) -> SocketResult {
        match timeout(*self.app.limits.time.send, self.socket.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Disconnect::Gone),
        }
    }
}

fn message_bytes(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}
