//! How a socket of ours ends: the codes of graphql-ws, and a reason that fits into a frame.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use tokio::time::timeout;

use crate::model::text;

/// Bytes: a control frame holds 125, two are the code (RFC 6455, 5.5).
const REASON: usize = 123;
/// For the peer to take the frame and say good-bye.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Close {
    code: u16,
    reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        text::cut(&mut reason, REASON);
        Self { code, reason }
    }

    /// Instead of `complete` for what runs: clients take that for the end and do not come back.
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

    pub(super) fn wrong_protocol() -> Self {
        Self::new(4406, "Subprotocol not acceptable")
    }

    pub(super) fn init_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    pub(super) fn duplicate(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    pub(super) fn second_init() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    /// Policy violation (RFC 6455, 7.4.1).
    pub(super) fn flooded() -> Self {
        Self::new(1008, "too many messages (--max-messages-per-second)")
    }

    pub(super) fn internal() -> Self {
        Self::new(4500, "an error of ours; it has been logged")
    }

    /// What we could not read. axum hides the kind of error, and names no type for it; its text says it.
    pub(super) fn unreadable(error: &axum::Error) -> Self {
        let text = error.to_string();
        if text.contains("too long") {
            Self::new(1009, "message too big")
        } else if text.contains("UTF-8") || text.contains("utf-8") {
            Self::new(1007, "text is not UTF-8")
        } else {
            Self::new(1002, text)
        }
    }
}

/// Closes, and waits a moment for the answer: with bytes still unread, the kernel would reset the connection and the
/// peer might never see the code.
pub(super) async fn send(socket: &mut WebSocket, close: &Close) {
    let frame = CloseFrame {
        code: close.code,
        reason: close.reason.as_str().into(),
    };
    let farewell = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // Too slow is as good as gone.
    let _ = timeout(PATIENCE, farewell).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_a_frame_and_stays_text() {
        assert_eq!(Close::invalid("short").reason, "short");
        assert_eq!(Close::invalid("x".repeat(500)).reason.len(), 123);
        // 61 letters of two bytes: the 62nd would be cut in half.
        assert_eq!(Close::invalid("é".repeat(100)).reason, "é".repeat(61));
    }
}
