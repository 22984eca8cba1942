//! Raw TCP connection to the server, for requests that no HTTP client sends.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

use super::PAUSE;
use crate::app::TestApp;
use crate::websocket_client::RECEIVE_TIMEOUT;

pub struct RawConnection(TcpStream);

/// A response with a content length.
#[derive(Debug)]
pub struct RawResponse {
    pub status: u16,
    /// In lower case.
    pub head: String,
    pub body: String,
}

impl RawConnection {
    pub async fn open(app: &TestApp) -> Self {
        Self::to(app.server.address).await
    }

    pub async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// With a receive buffer of a few kilobytes, so that the server soon has to wait.
    pub async fn open_with_small_buffer(app: &TestApp) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 << 10).unwrap();
        Self(socket.connect(app.server.address).await.unwrap())
    }

    /// Ignores write errors: the response shows whether the server accepted the bytes.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        drop(self.0.write_all(bytes.as_ref()).await);
    }

    /// Sends the same bytes repeatedly until the server disconnects.
    pub async fn flood(&mut self, bytes: &[u8]) {
        let flood = async { while self.0.write_all(bytes).await.is_ok() {} };
        timeout(RECEIVE_TIMEOUT, flood)
            .await
            .expect("the server did not disconnect");
    }

    /// Sends `bytes` after every [`PAUSE`] without data, and returns what the server sent until it disconnected.
    pub async fn drip(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut received = Vec::new();
        let start = Instant::now();
        while start.elapsed() < RECEIVE_TIMEOUT {
            match timeout(PAUSE, self.0.read_buf(&mut received)).await {
                Ok(Ok(0) | Err(_)) => return received,
                Ok(Ok(_)) => {}
                Err(_) => self.send(bytes).await,
            }
        }
        panic!("the server did not disconnect");
    }

    /// A POST of JSON.
    pub async fn post(&mut self, path: &str, body: &str) {
        let length = body.len();
        let head = "host: a\r\ncontent-type: application/json\r\ncontent-length";
        let request = format!("POST {path} HTTP/1.1\r\n{head}: {length}\r\n\r\n{body}");
        self.send(request).await;
    }

    pub async fn read_response(&mut self) -> RawResponse {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.read_byte().await.expect("the server disconnected"));
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap_or("0");
        let length = length.lines().next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        let read = timeout(RECEIVE_TIMEOUT, self.0.read_exact(&mut body)).await;
        read.unwrap().unwrap();
        RawResponse {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head,
            body: String::from_utf8(body).unwrap(),
        }
    }

    /// One byte; `None` at the end.
    pub async fn read_byte(&mut self) -> Option<u8> {
        let read = timeout(RECEIVE_TIMEOUT, self.0.read_u8()).await;
        read.expect("no data received").ok()
    }

    /// All remaining bytes; the server must disconnect.
    pub async fn read_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = timeout(RECEIVE_TIMEOUT, self.0.read_to_end(&mut bytes)).await;
        // A reset also ends the connection.
        drop(read.expect("the server did not disconnect"));
        bytes
    }
}
