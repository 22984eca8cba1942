//! Bytes to the server and back, without the manners of a client.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

use super::PAUSE;
use crate::app::TestApp;
use crate::socket::LIMIT;

pub struct Wire(TcpStream);

/// An answer with a length.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// In lower case.
    pub head: String,
    pub body: String,
}

impl Wire {
    pub async fn open(app: &TestApp) -> Self {
        Self::to(app.server.address).await
    }

    pub async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Takes a few kilobytes; then the server has to wait.
    pub async fn open_narrow(app: &TestApp) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 << 10).unwrap();
        Self(socket.connect(app.server.address).await.unwrap())
    }

    /// Whether the server takes it is shown by what it answers.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        drop(self.0.write_all(bytes.as_ref()).await);
    }

    /// Sends the same again and again; the server must hang up.
    pub async fn flood(&mut self, bytes: &[u8]) {
        let flood = async { while self.0.write_all(bytes).await.is_ok() {} };
        timeout(LIMIT, flood)
            .await
            .expect("the server did not hang up");
    }

    /// Sends a little whenever nothing came for a moment, and gives what came; the server must hang up.
    pub async fn drip(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut said = Vec::new();
        let begun = Instant::now();
        while begun.elapsed() < LIMIT {
            match timeout(PAUSE, self.0.read_buf(&mut said)).await {
                Ok(Ok(0) | Err(_)) => return said,
                Ok(Ok(_)) => {}
                Err(_) => self.send(bytes).await,
            }
        }
        panic!("the server did not hang up");
    }

    /// A POST of JSON.
    pub async fn post(&mut self, path: &str, body: &str) {
        let length = body.len();
        let head = "host: a\r\ncontent-type: application/json\r\ncontent-length";
        let request = format!("POST {path} HTTP/1.1\r\n{head}: {length}\r\n\r\n{body}");
        self.send(request).await;
    }

    pub async fn answer(&mut self) -> Answer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.byte().await.expect("the server hung up"));
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap_or("0");
        let length = length.lines().next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        let read = timeout(LIMIT, self.0.read_exact(&mut body)).await;
        read.unwrap().unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head,
            body: String::from_utf8(body).unwrap(),
        }
    }

    /// One byte; nothing at the end.
    pub async fn byte(&mut self) -> Option<u8> {
        let read = timeout(LIMIT, self.0.read_u8()).await;
        read.expect("nothing came").ok()
    }

    /// All that still comes; the server must hang up.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = timeout(LIMIT, self.0.read_to_end(&mut bytes)).await;
        // A reset is an end too.
        drop(read.expect("the server did not hang up"));
        bytes
    }
}
