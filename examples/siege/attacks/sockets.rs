//! Attacks over sockets and event streams.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Target;
use crate::client::{connect, connect_with_small_buffer, frame, init, message};

/// Replays the whole ledger.
const REPLAY: &str = "subscription($after: String) { ledgerAppended(after: $after) { seq cursor hash kind recordedAt } }";

fn subscribe(id: &str, query: &str, variables: &Value) -> Vec<u8> {
    let payload = json!({ "query": query, "variables": variables });
    message(&json!({ "type": "subscribe", "id": id, "payload": payload }))
}

/// Subscribes to twenty replays on each of fifty sockets, and reads nothing.
pub async fn slow_readers(target: Target) {
    let Some(genesis) = genesis_cursor(&target).await else {
        target.count("no response");
        return;
    };
    let mut request = init();
    for id in 0..20 {
        request.extend(subscribe(
            &id.to_string(),
            REPLAY,
            &json!({ "after": genesis }),
        ));
    }
    hold_without_reading(&target, &request, &frame(0x8A, b"")).await;
}

/// The same over server-sent events, with one replay per connection.
pub async fn slow_streams(target: Target) {
    let Some(genesis) = genesis_cursor(&target).await else {
        target.count("no response");
        return;
    };
    let body = json!({ "query": REPLAY, "variables": { "after": genesis } }).to_string();
    let request = format!(
        "POST /graphql/stream HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    hold_without_reading(&target, request.as_bytes(), b"\r\n").await;
}

/// Fifty connections that do not read. `last` is sent at the end, to see which of them are still open.
async fn hold_without_reading(target: &Target, request: &[u8], last: &[u8]) {
    let connections = (0..50).map(|number| async move {
        sleep(Duration::from_millis(20) * number).await;
        let number = u8::try_from(number % 10).unwrap_or(0);
        let Ok(mut stream) = connect_with_small_buffer(target.from(number), target.address).await
        else {
            target.count("not connected");
            return;
        };
        let mut is_open = stream.write_all(request).await.is_ok();
        let remaining = target.end.saturating_duration_since(Instant::now());
        sleep(remaining.saturating_sub(Duration::from_millis(100))).await;
        // The first byte to a closed connection is answered with a reset; the second one fails.
        for byte in last.chunks(1) {
            is_open &= stream.write_all(byte).await.is_ok();
            sleep(Duration::from_millis(5)).await;
        }
        target.count(if is_open {
            "open until the end"
        } else {
            "disconnected"
        });
    });
    futures_util::future::join_all(connections).await;
}

async fn genesis_cursor(target: &Target) -> Option<String> {
    let query = crate::client::operation("{ledger{genesis{cursor}}}", &json!({}), None);
    let response = target.open(0).await?.send(&query).await.ok()?;
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let cursor = body.pointer("/data/ledger/genesis/cursor")?;
    cursor.as_str().map(str::to_owned)
}

/// Three hundred messages at once, on five sockets per second.
pub async fn flood(target: Target) {
    let ping = message(&json!({ "type": "ping" }));
    let bytes = [init(), ping.repeat(300)].concat();
    send_repeatedly(&target, 5, &[bytes]).await;
}

/// More operations than one socket may run, including expensive ones.
pub async fn operations(target: Target) {
    let mut bytes = init();
    for id in 0..40 {
        let query = "subscription { stanceChanged { cursor } }";
        bytes.extend(subscribe(&id.to_string(), query, &json!({})));
    }
    bytes.extend(subscribe("40", "{", &json!({})));
    bytes.extend(subscribe("1", "{__typename}", &json!({})));
    send_repeatedly(&target, 5, &[bytes]).await;
}

pub async fn bad_frames(target: Target) {
    let bad: [Vec<u8>; 6] = [
        frame(0x83, b"reserved"),
        frame(0xF1, b"bits of no extension"),
        frame(0x80, b"nothing to continue"),
        vec![0x81, 5, b'n', b'a', b'k', b'e', b'd'],
        vec![0x81, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        frame(0x81, b"\xFF\xFE"),
    ];
    send_repeatedly(&target, 20, &bad.map(|bad| [init(), bad].concat())).await;
}

/// Sends bytes on new sockets at a fixed rate, and waits for the close frame.
async fn send_repeatedly(target: &Target, per_second: u32, payloads: &[Vec<u8>]) {
    let mut pace = target.pace(per_second);
    for bytes in payloads.iter().cycle() {
        if !pace.next().await {
            break;
        }
        let outcome = target.until_end(async {
            let stream = connect(target.from(0), target.address).await?;
            Ok(send_and_read(stream, bytes).await)
        });
        target.count(
            outcome
                .await
                .unwrap_or_else(|_| "in progress at the end".to_owned()),
        );
    }
}

async fn send_and_read(stream: TcpStream, bytes: &[u8]) -> String {
    let (mut reader, mut writer) = stream.into_split();
    let sent = writer.write_all(bytes);
    let mut received = Vec::new();
    let receive = async {
        let mut part = [0; 4 << 10];
        while let Ok(length @ 1..) = reader.read(&mut part).await {
            received.extend_from_slice(&part[..length]);
            if close_code(&received).is_some() {
                break;
            }
        }
    };
    // The server may close before it has read everything.
    let _ = tokio::join!(sent, receive);
    close_code(&received).map_or_else(
        || "disconnected".to_owned(),
        |code| format!("closed {code}"),
    )
}

/// The code of the close frame, if there is one.
fn close_code(received: &[u8]) -> Option<u16> {
    let end = received.windows(4).position(|end| end == b"\r\n\r\n")?;
    let mut rest = received.get(end + 4..)?;
    while let [first, second, after @ ..] = rest {
        let (length, after) = match second {
            0x7E => {
                let (length, after) = after.split_first_chunk()?;
                (usize::from(u16::from_be_bytes(*length)), after)
            }
            short => (usize::from(*short), after),
        };
        if *first == 0x88 {
            return after.first_chunk().map(|code| u16::from_be_bytes(*code));
        }
        rest = after.get(length..)?;
    }
    None
}
