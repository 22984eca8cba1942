//! WebSocket frame sink: writes a `next` message as one frame directly to the connection, past the task that owns the
//! socket.
//!
//! A write that the kernel does not accept whole is finished by that task.

use super::messages::NextEnvelope;
use crate::http::{
    fanout::{EventPayload, FrameSink},
    tcp::direct_writer::DirectWriter,
};

/// FIN bit and the opcode of a text frame (RFC 6455, 5.2).
const FINAL_TEXT: u8 = 0x81;

pub(super) struct WebSocketFrameSink {
    direct_writer: DirectWriter,
    envelope: NextEnvelope,
}

impl WebSocketFrameSink {
    /// A sink for the messages of the operation that the envelope names.
    pub(super) fn boxed(
        direct_writer: &DirectWriter,
        envelope: &NextEnvelope,
    ) -> Box<dyn FrameSink> {
        Box::new(Self {
            direct_writer: direct_writer.clone(),
            envelope: envelope.clone(),
        })
    }
}

impl FrameSink for WebSocketFrameSink {
    fn try_send(&self, payload: &EventPayload, buffer: &mut Vec<u8>) -> bool {
        write_text_frame(buffer, &self.envelope.message_parts(&payload.payload));
        self.direct_writer.try_write_all(buffer)
    }
}

/// Replaces `frame` by one frame with the concatenated parts, unmasked as all frames of a server.
fn write_text_frame(frame: &mut Vec<u8>, parts: &[&str]) {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    frame.clear();
    frame.push(FINAL_TEXT);
    if let Ok(short @ 0..=125) = u8::try_from(length) {
        frame.push(short);
    } else if let Ok(medium) = u16::try_from(length) {
        frame.push(126);
        frame.extend_from_slice(&medium.to_be_bytes());
    } else {
        frame.push(127);
        frame.extend_from_slice(&(length as u64).to_be_bytes());
    }
    for part in parts {
        frame.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::protocol::frame::FrameSocket;

    use super::*;

    #[test]
    fn a_websocket_library_reads_frames_of_any_length() {
        for length in [0, 124, 125, 126, 300, 65_534, 65_535, 65_536, 200_000] {
            let text = "x".repeat(length);
            let mut frame = b"earlier frame".to_vec();
            write_text_frame(&mut frame, &["<", &text, ">"]);
            let mut socket = FrameSocket::new(std::io::Cursor::new(frame));
            let read = socket.read(None).unwrap().unwrap();
            assert_eq!(read.to_text().unwrap(), format!("<{text}>"));
            assert!(socket.read(None).unwrap().is_none());
        }
    }
}
