//! Connections that take a place and give nothing.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Target;
use crate::wire::connect;

/// At once, from each attacker of slowness.
const MANY: usize = 200;
/// Between two bytes of a slow one.
const DRIP: Duration = Duration::from_secs(1);

/// Heads of which a byte comes each second.
pub async fn slow_heads(target: Target) {
    let head = b"GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: siege\r\nX-Slow: ";
    drip_many(&target, head).await;
}

/// Bodies of which a byte comes each second.
pub async fn slow_bodies(target: Target) {
    let head = b"POST /graphql HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    drip_many(&target, head).await;
}

async fn drip_many(target: &Target, head: &[u8]) {
    let drips = (0..MANY).map(|number| async move {
        // Not all in one moment; and again, when one was cut.
        sleep(DRIP * u32::try_from(number % 50).unwrap_or(0) / 50).await;
        let mut pace = target.pace(1);
        while pace.next().await {
            let dripped = target.in_time(drip(target, number, head)).await;
            target.count(dripped.unwrap_or_else(|_| "open until the end".to_owned()));
        }
    });
    futures_util::future::join_all(drips).await;
}

/// What ended it: the status of an answer, or the cut.
async fn drip(target: &Target, number: usize, head: &[u8]) -> std::io::Result<String> {
    let from = target.from(u8::try_from(number % 2).unwrap_or(0));
    let mut stream = connect(from, target.address).await?;
    stream.write_all(head).await?;
    loop {
        sleep(DRIP).await;
        if stream.write_all(b"x").await.is_err() {
            return Ok("cut".to_owned());
        }
        let mut answer = [0; 12];
        match stream.try_read(&mut answer) {
            Ok(0) => return Ok("cut".to_owned()),
            Ok(length) => {
                return Ok(
                    String::from_utf8_lossy(answer.get(9..length).unwrap_or(b"")).into_owned(),
                );
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return Ok("cut".to_owned()),
        }
    }
}

/// Opened and left, a hundred times a second.
pub async fn flood(target: Target) {
    let mut pace = target.pace(100);
    while pace.next().await {
        let opened = connect(target.from(0), target.address).await;
        target.count(if opened.is_ok() {
            "opened and left"
        } else {
            "not connected"
        });
    }
}

/// More than one address may have (--max-connections-per-address), all of them held.
pub async fn idle(target: Target) {
    const HELD: usize = 520;
    let mut held: Vec<TcpStream> = Vec::with_capacity(HELD);
    let mut pace = target.pace(200);
    while held.len() < HELD && pace.next().await {
        match connect(target.from(0), target.address).await {
            Ok(stream) => held.push(stream),
            Err(_) => target.count("not connected"),
        }
    }
    let ends = held.into_iter().map(|mut stream| {
        let target = target.clone();
        async move {
            let mut answer = Vec::new();
            let read = target.in_time(stream.read_to_end(&mut answer)).await;
            let status = String::from_utf8_lossy(answer.get(9..12).unwrap_or(b"")).into_owned();
            target.count(match read {
                Ok(_) if !status.is_empty() => status,
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                    "open until the end".to_owned()
                }
                Ok(_) | Err(_) => "cut".to_owned(),
            });
        }
    });
    futures_util::future::join_all(ends).await;
}
