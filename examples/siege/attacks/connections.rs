//! Attacks that occupy connections without using them.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Target;
use crate::client::connect;

/// Concurrent connections of each slow attack.
const CONNECTIONS: usize = 200;
/// Pause between two bytes of a slow client.
const BYTE_INTERVAL: Duration = Duration::from_secs(1);

/// Request heads sent at one byte per second.
pub async fn slow_heads(target: Target) {
    let head = b"GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: siege\r\nX-Slow: ";
    send_many_slowly(&target, head).await;
}

/// Request bodies sent at one byte per second.
pub async fn slow_bodies(target: Target) {
    let head = b"POST /graphql HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    send_many_slowly(&target, head).await;
}

async fn send_many_slowly(target: &Target, head: &[u8]) {
    let tasks = (0..CONNECTIONS).map(|number| async move {
        // The starts are spread; a closed connection is opened again.
        sleep(BYTE_INTERVAL * u32::try_from(number % 50).unwrap_or(0) / 50).await;
        let mut pace = target.pace(1);
        while pace.next().await {
            let outcome = target.until_end(send_slowly(target, number, head)).await;
            target.count(outcome.unwrap_or_else(|_| "open until the end".to_owned()));
        }
    });
    futures_util::future::join_all(tasks).await;
}

/// How the connection ended: the status of a response, or a disconnect.
async fn send_slowly(target: &Target, number: usize, head: &[u8]) -> std::io::Result<String> {
    let from = target.from(u8::try_from(number % 2).unwrap_or(0));
    let mut stream = connect(from, target.address).await?;
    stream.write_all(head).await?;
    loop {
        sleep(BYTE_INTERVAL).await;
        if stream.write_all(b"x").await.is_err() {
            return Ok("disconnected".to_owned());
        }
        let mut response = [0; 12];
        match stream.try_read(&mut response) {
            Ok(0) => return Ok("disconnected".to_owned()),
            Ok(length) => {
                return Ok(
                    String::from_utf8_lossy(response.get(9..length).unwrap_or(b"")).into_owned(),
                );
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return Ok("disconnected".to_owned()),
        }
    }
}

/// Opens and closes a hundred connections per second.
pub async fn flood(target: Target) {
    let mut pace = target.pace(100);
    while pace.next().await {
        let result = connect(target.from(0), target.address).await;
        target.count(if result.is_ok() {
            "opened and closed"
        } else {
            "not connected"
        });
    }
}

/// Holds more connections than one address may have (--max-connections-per-address).
pub async fn idle(target: Target) {
    const CONNECTIONS_TO_HOLD: usize = 520;
    let mut connections: Vec<TcpStream> = Vec::with_capacity(CONNECTIONS_TO_HOLD);
    let mut pace = target.pace(200);
    while connections.len() < CONNECTIONS_TO_HOLD && pace.next().await {
        match connect(target.from(0), target.address).await {
            Ok(stream) => connections.push(stream),
            Err(_) => target.count("not connected"),
        }
    }
    let tasks = connections.into_iter().map(|mut stream| {
        let target = target.clone();
        async move {
            let mut response = Vec::new();
            let read = target.until_end(stream.read_to_end(&mut response)).await;
            let status = String::from_utf8_lossy(response.get(9..12).unwrap_or(b"")).into_owned();
            target.count(match read {
                Ok(_) if !status.is_empty() => status,
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                    "open until the end".to_owned()
                }
                Ok(_) | Err(_) => "disconnected".to_owned(),
            });
        }
    });
    futures_util::future::join_all(tasks).await;
}
