//! Sockets that are open and hostile.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Target;
use crate::wire::{connect, connect_narrow, frame, init, message};

/// The whole ledger, from its beginning, with all that hangs on it.
const REPLAY: &str = "subscription($after: String) { ledgerAppended(after: $after) { seq cursor hash kind recordedAt } }";

fn subscribe(id: &str, query: &str, variables: &Value) -> Vec<u8> {
    let payload = json!({ "query": query, "variables": variables });
    message(&json!({ "type": "subscribe", "id": id, "payload": payload }))
}

/// Ask for everything and read nothing: twenty replays on each of fifty sockets.
pub async fn stalled(target: Target) {
    let Some(genesis) = genesis(&target).await else {
        target.count("not answered");
        return;
    };
    let mut asked = init();
    for id in 0..20 {
        asked.extend(subscribe(
            &id.to_string(),
            REPLAY,
            &json!({ "after": genesis }),
        ));
    }
    stall(&target, &asked, &frame(0x8A, b"")).await;
}

/// The same by server-sent events, a replay on each connection.
pub async fn stalled_streams(target: Target) {
    let Some(genesis) = genesis(&target).await else {
        target.count("not answered");
        return;
    };
    let body = json!({ "query": REPLAY, "variables": { "after": genesis } }).to_string();
    let asked = format!(
        "POST /graphql/stream HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stall(&target, asked.as_bytes(), b"\r\n").await;
}

/// On fifty connections. What is said at the end shows which of them are still open.
async fn stall(target: &Target, asked: &[u8], last: &[u8]) {
    let connections = (0..50).map(|number| async move {
        sleep(Duration::from_millis(20) * number).await;
        let number = u8::try_from(number % 10).unwrap_or(0);
        let Ok(mut stream) = connect_narrow(target.from(number), target.address).await else {
            target.count("not connected");
            return;
        };
        let mut is_open = stream.write_all(asked).await.is_ok();
        let left = target.end.saturating_duration_since(Instant::now());
        sleep(left.saturating_sub(Duration::from_millis(100))).await;
        // The first byte into a connection that was cut is answered by a reset, the next one meets it.
        for byte in last.chunks(1) {
            is_open &= stream.write_all(byte).await.is_ok();
            sleep(Duration::from_millis(5)).await;
        }
        target.count(if is_open { "open until the end" } else { "cut" });
    });
    futures_util::future::join_all(connections).await;
}

async fn genesis(target: &Target) -> Option<String> {
    let query = crate::wire::operation("{ledger{genesis{cursor}}}", &json!({}), None);
    let answer = target.open(0).await?.ask(&query).await.ok()?;
    let answer: Value = serde_json::from_slice(&answer.body).ok()?;
    let cursor = answer.pointer("/data/ledger/genesis/cursor")?;
    cursor.as_str().map(str::to_owned)
}

/// Three hundred messages in a moment, five sockets a second.
pub async fn flood(target: Target) {
    let ping = message(&json!({ "type": "ping" }));
    let bytes = [init(), ping.repeat(300)].concat();
    each(&target, 5, &[bytes]).await;
}

/// Operations beyond what one socket may run, and dear ones at that.
pub async fn operations(target: Target) {
    let mut bytes = init();
    for id in 0..40 {
        let query = "subscription { stanceChanged { cursor } }";
        bytes.extend(subscribe(&id.to_string(), query, &json!({})));
    }
    bytes.extend(subscribe("40", "{", &json!({})));
    bytes.extend(subscribe("1", "{__typename}", &json!({})));
    each(&target, 5, &[bytes]).await;
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
    each(&target, 20, &bad.map(|bad| [init(), bad].concat())).await;
}

/// Says something on a new socket, so often a second, and listens for the close.
async fn each(target: &Target, per_second: u32, said: &[Vec<u8>]) {
    let mut pace = target.pace(per_second);
    for bytes in said.iter().cycle() {
        if !pace.next().await {
            break;
        }
        let ended = target.in_time(async {
            let stream = connect(target.from(0), target.address).await?;
            Ok(converse(stream, bytes).await)
        });
        target.count(
            ended
                .await
                .unwrap_or_else(|_| "under way at the end".to_owned()),
        );
    }
}

async fn converse(stream: TcpStream, bytes: &[u8]) -> String {
    let (mut reader, mut writer) = stream.into_split();
    let sent = writer.write_all(bytes);
    let mut heard = Vec::new();
    let listen = async {
        let mut part = [0; 4 << 10];
        while let Ok(length @ 1..) = reader.read(&mut part).await {
            heard.extend_from_slice(&part[..length]);
            if code(&heard).is_some() {
                break;
            }
        }
    };
    // A server that closes need not take all that is sent.
    let _ = tokio::join!(sent, listen);
    code(&heard).map_or_else(|| "cut".to_owned(), |code| format!("closed {code}"))
}

/// The code of a close frame, if that is what was said last.
fn code(heard: &[u8]) -> Option<u16> {
    let end = heard.windows(4).position(|end| end == b"\r\n\r\n")?;
    let mut rest = heard.get(end + 4..)?;
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
