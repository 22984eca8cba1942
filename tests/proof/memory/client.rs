//! Raw HTTP/1.1 and WebSocket bytes over one connection, so that a load may stop in the middle of them.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

/// Maximum time for a server under load to respond.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause of a client that the rate limit rejected.
const RETRY_DELAY: Duration = Duration::from_millis(200);

pub struct Client {
    server: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Client {
    pub fn new(server: SocketAddr) -> Self {
        Self {
            server,
            stream: None,
            buffer: Vec::new(),
        }
    }

    /// Sends a request until it is not rate limited. Returns its status; 0 if the connection was closed.
    pub async fn send(&mut self, request: &[u8]) -> u16 {
        loop {
            let response = timeout(RESPONSE_TIMEOUT, self.exchange(request)).await;
            match response {
                Ok(Ok(429)) => sleep(RETRY_DELAY).await,
                Ok(Ok(status)) => return status,
                Ok(Err(_)) | Err(_) => {
                    self.stream = None;
                    return 0;
                }
            }
        }
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<u16> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            stream @ None => stream.insert(connect(self.server, None).await?),
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if let Some((status, length)) = parse_head(&self.buffer)
                && self.buffer.len() >= length
            {
                return Ok(status);
            }
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// Status and length of a response with a `Content-Length`, once its head is complete.
fn parse_head(buffer: &[u8]) -> Option<(u16, usize)> {
    let end = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&buffer[..end]);
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse::<usize>().ok()).flatten()
    });
    Some((status, end + length.unwrap_or(0)))
}

pub async fn connect(server: SocketAddr, receive_buffer: Option<u32>) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(bytes) = receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

pub fn post(body: &str, headers: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

pub fn get(query_string: &str) -> Vec<u8> {
    format!("GET /graphql?{query_string} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes()
}

/// The bytes that open a WebSocket.
pub fn upgrade() -> Vec<u8> {
    b"GET /graphql/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
      Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
      Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        .to_vec()
}

/// A masked text frame, whose mask of zeros leaves the text as it is.
pub fn text_frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match text.len() {
        short @ 0..=125 => frame.push(0x80 | u8::try_from(short).unwrap()),
        medium @ 126..=0xffff => {
            frame.push(0x80 | 0x7e);
            frame.extend(u16::try_from(medium).unwrap().to_be_bytes());
        }
        long => {
            frame.push(0x80 | 0x7f);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}
