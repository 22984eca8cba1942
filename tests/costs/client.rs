//! HTTP and WebSocket clients that allocate nothing while they send and receive: one buffer holds every response.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::operations::post;

/// Size of the longest response in bytes.
const BUFFER: usize = 1 << 20;
/// Timeout for a response that must arrive.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

pub(super) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(READ_TIMEOUT)).unwrap();
        Self {
            stream,
            buffer: vec![0; BUFFER],
        }
    }

    /// Sends a request and reads the whole response, which must have no errors.
    pub(super) fn send(&mut self, request: &[u8]) {
        self.respond(request);
    }

    /// One text of the response to a query.
    pub(super) fn text(&mut self, query: &str, pointer: &str) -> String {
        let response: Value = serde_json::from_slice(self.respond(&post(query, None))).unwrap();
        let text = response.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("{response}")).to_owned()
    }

    fn respond(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).unwrap();
        let mut length = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[length..]).unwrap();
            assert!(read > 0, "the server disconnected");
            length += read;
            let received = &self.buffer[..length];
            let Some(body_start) = find_end(received, b"\r\n\r\n") else {
                continue;
            };
            if length < body_start + body_length(&received[..body_start]) {
                continue;
            }
            let body = &self.buffer[body_start..length];
            let is_success =
                received.starts_with(b"HTTP/1.1 200") && find_end(body, b"\"errors\"").is_none();
            assert!(is_success, "{}", String::from_utf8_lossy(received));
            return body;
        }
    }
}

/// The offset at which `needle` ends.
fn find_end(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let offset = bytes
        .windows(needle.len())
        .position(|part| part == needle)?;
    Some(offset + needle.len())
}

fn body_length(head: &[u8]) -> usize {
    let start = find_end(head, b"Content-Length: ").expect("every response has a length");
    let digits = head[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
}

pub(super) struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Opcode and flags of a frame (RFC 6455, 5.2).
const TEXT: u8 = 1;
const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
/// Length marker: the length follows in two bytes.
const SHORT: u8 = 0x7e;

impl Socket {
    /// Opens a WebSocket with `count` subscriptions.
    pub(super) fn subscribe(address: SocketAddr, payload: &Value, count: usize) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(READ_TIMEOUT)).unwrap();
        let buffer = vec![0; BUFFER];
        let mut socket = Self { stream, buffer };
        socket.upgrade();
        socket.send(&json!({ "type": "connection_init" }));
        assert!(socket.next_contains(b"connection_ack"));
        for number in 0..count {
            let id = format!("{number:02}");
            socket.send(&json!({ "id": id, "type": "subscribe", "payload": payload }));
        }
        socket
    }

    /// Receives `count` events.
    pub(super) fn receive(&mut self, count: usize) {
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

    /// Sends a text frame with a mask of zeros.
    fn send(&mut self, message: &Value) {
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

    /// Whether the next message contains these bytes.
    fn next_contains(&mut self, needle: &[u8]) -> bool {
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
            // Pings of the server are skipped.
            if head[0] == FINAL | TEXT {
                return find_end(payload, needle).is_some();
            }
        }
    }
}
