//! Clients that allocate nothing while they ask and hear: requests are made before, and answers go into one buffer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::operations::post;

/// Bytes of the longest answer.
const BUFFER: usize = 1 << 20;
/// For an answer that must come.
const LIMIT: Duration = Duration::from_mins(1);

pub(super) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        Self {
            stream,
            buffer: vec![0; BUFFER],
        }
    }

    /// Asks, and takes all of the answer, which must be one without errors.
    pub(super) fn ask(&mut self, request: &[u8]) {
        self.answer(request);
    }

    /// One text of the answer to a query.
    pub(super) fn text(&mut self, query: &str, pointer: &str) -> String {
        let answer: Value = serde_json::from_slice(self.answer(&post(query, None))).unwrap();
        let text = answer.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn answer(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).unwrap();
        let mut length = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[length..]).unwrap();
            assert!(read > 0, "the server hung up");
            length += read;
            let heard = &self.buffer[..length];
            let Some(begin) = find(heard, b"\r\n\r\n") else {
                continue;
            };
            if length < begin + body_length(&heard[..begin]) {
                continue;
            }
            let body = &self.buffer[begin..length];
            let is_whole =
                heard.starts_with(b"HTTP/1.1 200") && find(body, b"\"errors\"").is_none();
            assert!(is_whole, "{}", String::from_utf8_lossy(heard));
            return body;
        }
    }
}

/// Where `sign` ends.
fn find(bytes: &[u8], sign: &[u8]) -> Option<usize> {
    let place = bytes.windows(sign.len()).position(|part| part == sign)?;
    Some(place + sign.len())
}

fn body_length(head: &[u8]) -> usize {
    let begin = find(head, b"content-length: ").expect("every answer has a length");
    let digits = head[begin..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
}

pub(super) struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Opcode and bits of a frame (RFC 6455, 5.2).
const TEXT: u8 = 1;
const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
/// In place of a length: it follows, in two bytes.
const SHORT: u8 = 0x7e;

impl Socket {
    /// With so many subscriptions.
    pub(super) fn subscribe(address: SocketAddr, payload: &Value, count: usize) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let buffer = vec![0; BUFFER];
        let mut socket = Self { stream, buffer };
        socket.upgrade();
        socket.say(&json!({ "type": "connection_init" }));
        assert!(socket.next_contains(b"connection_ack"));
        for number in 0..count {
            let id = format!("{number:02}");
            socket.say(&json!({ "id": id, "type": "subscribe", "payload": payload }));
        }
        socket
    }

    /// So many events.
    pub(super) fn hear(&mut self, count: usize) {
        for _ in 0..count {
            assert!(self.next_contains(b"\"next\""));
        }
    }

    fn upgrade(&mut self) {
        let request =
            b"GET /graphql/ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
            sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
            sec-websocket-protocol: graphql-transport-ws\r\n\r\n";
        self.stream.write_all(request).unwrap();
        let mut length = 0;
        while !self.buffer[..length].ends_with(b"\r\n\r\n") {
            self.stream
                .read_exact(&mut self.buffer[length..=length])
                .unwrap();
            length += 1;
        }
    }

    /// Masked by zeros, which is a mask.
    fn say(&mut self, message: &Value) {
        let text = message.to_string();
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        let mut frame = vec![
            FINAL | TEXT,
            MASKED | SHORT,
            length[0],
            length[1],
            0,
            0,
            0,
            0,
        ];
        frame.extend_from_slice(text.as_bytes());
        self.stream.write_all(&frame).unwrap();
    }

    /// Whether the next message has this in it.
    fn next_contains(&mut self, sign: &[u8]) -> bool {
        loop {
            let mut head = [0; 4];
            self.stream.read_exact(&mut head[..2]).unwrap();
            let length = match head[1] {
                SHORT => {
                    self.stream.read_exact(&mut head[2..]).unwrap();
                    usize::from(u16::from_be_bytes([head[2], head[3]]))
                }
                length => usize::from(length),
            };
            let payload = &mut self.buffer[..length];
            self.stream.read_exact(payload).unwrap();
            // Pings of the server's own are not heard.
            if head[0] == FINAL | TEXT {
                return find(payload, sign).is_some();
            }
        }
    }
}
