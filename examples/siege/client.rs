//! Minimal HTTP/1.1 client and WebSocket frames: the client must not use CPU time that is then measured.

use std::io;
use std::net::{IpAddr, SocketAddr};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

/// Persistent connection.
pub struct Connection(BufReader<TcpStream>);

pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Connection {
    pub async fn open(from: IpAddr, to: SocketAddr) -> io::Result<Self> {
        Ok(Self(BufReader::new(connect(from, to).await?)))
    }

    pub async fn send(&mut self, request: &[u8]) -> io::Result<Response> {
        self.0.get_mut().write_all(request).await?;
        self.read_response().await
    }

    pub async fn read_response(&mut self) -> io::Result<Response> {
        let (mut status, mut length) = (0, 0);
        let mut line = String::new();
        loop {
            line.clear();
            if self.0.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest
                    .split(' ')
                    .next()
                    .and_then(|it| it.parse().ok())
                    .unwrap_or(0);
            }
            if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        Ok(Response { status, body })
    }
}

/// Connects from a local address, any of 127.0.0.0/8.
pub async fn connect(from: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The same, with a small receive buffer.
pub async fn connect_with_small_buffer(from: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4 << 10)?;
    socket.bind((from, 0).into())?;
    socket.connect(to).await
}

/// HTTP request with a GraphQL operation.
pub fn operation(query: &str, variables: &Value, token: Option<&str>) -> Vec<u8> {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let authorization = token.map_or(String::new(), |token| {
        format!("Authorization: Bearer {token}\r\n")
    });
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\n{authorization}\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

pub const UPGRADE: &[u8] =
    b"GET /graphql/ws HTTP/1.1\r\nHost: siege\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";

/// A client frame; the mask is zero, which costs nothing (RFC 6455, 5.3).
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    if let Ok(length @ 0..126) = u8::try_from(payload.len()) {
        frame.push(0x80 | length);
    } else {
        let length = u16::try_from(payload.len()).expect("no attack sends a longer one");
        frame.push(0x80 | 0x7E);
        frame.extend(length.to_be_bytes());
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// A message of graphql-transport-ws.
pub fn message(message: &Value) -> Vec<u8> {
    frame(0x81, message.to_string().as_bytes())
}

/// The upgrade request and `connection_init`.
pub fn init() -> Vec<u8> {
    let init = message(&json!({ "type": "connection_init" }));
    [UPGRADE, &init].concat()
}
