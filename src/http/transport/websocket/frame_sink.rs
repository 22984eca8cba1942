//! A frame said by the side entrance of a socket's connection.

use super::messages::NextHead;
use crate::http::{
    fanout::{Door, Told},
    tcp::shared_stream::Line,
};

/// Final, and text (RFC 6455, 5.2).
const TEXT: u8 = 0x81;

pub(super) struct SocketDoor {
    line: Line,
    next: NextHead,
}

impl SocketDoor {
    /// For answers that begin so.
    pub(super) fn of(line: &Line, next: &NextHead) -> Box<dyn Door> {
        Box::new(Self {
            line: line.clone(),
            next: next.clone(),
        })
    }
}

impl Door for SocketDoor {
    fn say(&self, told: &Told, room: &mut Vec<u8>) -> bool {
        write(room, &self.next.parts(&told.payload));
        self.line.put(room)
    }
}

/// The frame of a text in parts, from a server: unmasked.
fn write(frame: &mut Vec<u8>, parts: &[&str]) {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    frame.clear();
    frame.push(TEXT);
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
    fn a_frame_of_any_length_is_what_a_library_reads() {
        for length in [0, 124, 125, 126, 300, 65_534, 65_535, 65_536, 200_000] {
            let text = "x".repeat(length);
            let mut frame = b"of another".to_vec();
            write(&mut frame, &["<", &text, ">"]);
            let mut socket = FrameSocket::new(std::io::Cursor::new(frame));
            let read = socket.read(None).unwrap().unwrap();
            assert_eq!(read.to_text().unwrap(), format!("<{text}>"));
            assert!(socket.read(None).unwrap().is_none());
        }
    }
}
