//! WebSocket close: the codes of graphql-ws with a reason that fits into a close frame, and the closing handshake.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use tokio::time::timeout;

use crate::{http::clients::resource_exceeded::ResourceExceeded, model::text};

/// Bytes: a control frame holds 125, two are the code (RFC 6455, 5.5).
const MAX_REASON_BYTES: usize = 123;
/// Time for the peer to read the frame and to answer with its own close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct CloseReason {
    code: u16,
    reason: String,
}

impl CloseReason {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        text::truncate(&mut reason, MAX_REASON_BYTES);
        Self { code, reason }
    }

    /// Sent instead of `complete` for running operations: after `complete` clients would not reconnect.
    pub(super) fn restart() -> Self {
        Self::new(1012, "the server restarts; resume by cursor")
    }

    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::new(4400, reason)
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    pub(super) fn forbidden() -> Self {
        Self::new(4403, "Forbidden")
    }

    /// As [`CloseReason::forbidden`], with the reason in words.
    pub(super) fn token_rejected(reason: &str) -> Self {
        Self::new(4403, format!("Forbidden: {reason}"))
    }

    pub(super) fn wrong_protocol() -> Self {
        Self::new(4406, "Subprotocol not acceptable")
    }

    pub(super) fn init_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    pub(super) fn duplicate(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    pub(super) fn too_many_inits() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    /// Policy violation (RFC 6455, 7.4.1).
    pub(super) fn rate_limited() -> Self {
        Self::new(1008, "too many messages (--max-messages-per-second)")
    }

    /// Try again later (<https://www.iana.org/assignments/websocket>): clients reconnect, and hold less by then.
    pub(super) fn too_much_memory(exceeded: ResourceExceeded) -> Self {
        let (option, max) = (exceeded.option(), exceeded.max);
        Self::new(
            1013,
            format!("messages and subscriptions hold too much memory (--{option} {max})"),
        )
    }

    pub(super) fn internal() -> Self {
        Self::new(4500, "internal error; it has been logged")
    }

    /// The peer sent what could not be read. axum does not expose the type of the error, so its text is examined.
    pub(super) fn protocol_error(error: &axum::Error) -> Self {
        let message = error.to_string();
        if message.contains("too long") {
            Self::new(1009, "message too big")
        } else if message.contains("UTF-8") || message.contains("utf-8") {
            Self::new(1007, "text is not UTF-8")
        } else {
            Self::new(1002, message)
        }
    }
}

/// Sends the close frame and waits for the peer's: if bytes were left unread, the kernel would reset the connection,
/// and the peer might never see the code.
pub(super) async fn send_close(socket: &mut WebSocket, close: &CloseReason) {
    let frame = CloseFrame {
        code: close.code,
        reason: close.reason.as_str().into(),
    };
    let handshake = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // A peer that is too slow is treated as disconnected.
    let _ = timeout(CLOSE_TIMEOUT, handshake).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_truncated_to_a_frame_at_a_character() {
        assert_eq!(CloseReason::invalid("short").reason, "short");
        assert_eq!(CloseReason::invalid("x".repeat(500)).reason.len(), 123);
        // 61 letters of two bytes: the 62nd does not fit whole.
        assert_eq!(CloseReason::invalid("é".repeat(100)).reason, "é".repeat(61));
    }
}
