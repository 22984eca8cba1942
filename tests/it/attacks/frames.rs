//! Frames that no library sends (RFC 6455, section 5).

use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits};
use serde_json::json;

use super::assert_alive;
use super::wire::Wire;
use crate::app::{TestApp, limits};

const FIN: u8 = 0x80;
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

/// A masked frame; the mask is zero, so what is sent is what is meant.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    [&header(first, 0x80, payload.len() as u64)[..], payload].concat()
}

fn header(first: u8, mask: u8, length: u64) -> Vec<u8> {
    let mut header = vec![first];
    match length {
        0..126 => header.push(mask | u8::try_from(length).unwrap()),
        126..0x1_0000 => {
            header.push(mask | 0x7e);
            header.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        _ => {
            header.push(mask | 0x7f);
            header.extend(length.to_be_bytes());
        }
    }
    header.extend([0; 4].iter().filter(|_| mask > 0));
    header
}

pub(super) fn text(text: &str) -> Vec<u8> {
    frame(FIN | TEXT, text.as_bytes())
}

pub(super) async fn upgraded(mut wire: Wire) -> Wire {
    upgrade(&mut wire, "").await;
    wire
}

/// The head of the answer to an upgrade, with further headers.
async fn upgrade(wire: &mut Wire, headers: &str) -> String {
    let head = "host: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
        sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n";
    wire.send(format!("GET /graphql/ws HTTP/1.1\r\n{head}{headers}\r\n"))
        .await;
    let answer = wire.answer().await;
    assert_eq!(answer.status, 101);
    answer.head
}

/// What the server said in whole frames.
pub(super) fn payloads(frames: &[u8]) -> Vec<&[u8]> {
    let texts = split(frames)
        .into_iter()
        .filter(|(first, _)| *first == FIN | TEXT);
    texts.map(|(_, payload)| payload).collect()
}

/// The code of the close frame before the server hangs up.
fn code(frames: &[u8]) -> Option<u16> {
    let frames = split(frames);
    let (_, payload) = frames.iter().find(|(first, _)| *first == FIN | CLOSE)?;
    Some(u16::from_be_bytes(payload.get(..2)?.try_into().unwrap()))
}

/// First byte and payload of each frame; the last one may have been cut and is left out.
fn split(mut frames: &[u8]) -> Vec<(u8, &[u8])> {
    let mut whole = Vec::new();
    while let [first, short, rest @ ..] = frames {
        let bytes = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some((length, rest)) = rest.split_at_checked(bytes) else {
            break;
        };
        let long = length
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let length = if bytes == 0 {
            usize::from(*short)
        } else {
            long
        };
        let Some((payload, next)) = rest.split_at_checked(length) else {
            break;
        };
        whole.push((*first, payload));
        frames = next;
    }
    whole
}

#[tokio::test]
async fn a_frame_that_breaks_the_rules_is_closed_with_the_code_of_the_rule() {
    let app = TestApp::start().await;
    let mut other = app.socket().await;
    let large = vec![b'x'; 40 << 10];
    let init = br#"{"type":"connection_init"}"#;
    for (frames, expected) in [
        // Announced only: nobody waits for the rest.
        (header(FIN | TEXT, 0x80, 65 << 20), 1009),
        (header(FIN | TEXT, 0x80, u64::MAX), 1009),
        (
            [frame(TEXT, &large), frame(FIN | CONTINUATION, &large)].concat(),
            1009,
        ),
        (
            [frame(TEXT, &large), frame(CONTINUATION, &large)].concat(),
            1009,
        ),
        (
            [&header(FIN | TEXT, 0, init.len() as u64), &init[..]].concat(),
            1002,
        ),
        (frame(FIN | TEXT, b"\xff\xfe"), 1007),
        (frame(FIN | TEXT, b"\xed\xa0\x80"), 1007),
        (frame(FIN | TEXT, b"\xe2\x82"), 1007),
        (
            [frame(TEXT, b"\xe2"), frame(FIN | CONTINUATION, b"\x28")].concat(),
            1007,
        ),
        (frame(FIN | 3, b""), 1002),
        (frame(FIN | 0xb, b""), 1002),
        (frame(FIN | 0x40 | TEXT, init), 1002),
        (frame(FIN | 0x10 | TEXT, init), 1002),
        (frame(PING, b""), 1002),
        (frame(FIN | PING, &[0; 126]), 1002),
        (frame(FIN | CONTINUATION, b""), 1002),
        ([frame(TEXT, b"{"), frame(FIN | TEXT, b"}")].concat(), 1002),
        (frame(FIN | CLOSE, &[3]), 1002),
        (frame(FIN | CLOSE, &999_u16.to_be_bytes()), 1002),
        (frame(FIN | 2, init), 4400),
    ] {
        let mut wire = upgraded(Wire::open(&app).await).await;
        wire.send(&frames).await;
        let begin = &frames[..frames.len().min(20)];
        assert_eq!(code(&wire.rest().await), Some(expected), "{begin:x?}");
    }
    assert_alive(&mut other).await;
}

#[tokio::test]
async fn a_message_that_never_ends_is_cut_as_silence() {
    let app = TestApp::start_with(Limits {
        time: TimeLimits {
            ping: Duration::from_millis(50).into(),
            ..TimeLimits::default()
        },
        ..limits()
    })
    .await;
    let mut wire = upgraded(Wire::open(&app).await).await;
    let flood = frame(CONTINUATION, b"").repeat(1_000);
    wire.send(frame(FIN | TEXT, br#"{"type":"connection_init"}"#))
        .await;
    wire.send(frame(TEXT, b"")).await;
    wire.flood(&flood).await;
    // What it flooded with cost the others nothing.
    app.query("{ __typename }").await;
}

#[tokio::test]
async fn nothing_is_sent_compressed() {
    let app = TestApp::start().await;
    let mut wire = Wire::open(&app).await;
    // A few bytes could mean gigabytes, and a length tells of a secret beside what an attacker chose.
    let offer = "sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\n";
    let head = upgrade(&mut wire, offer).await;
    assert!(!head.contains("sec-websocket-extensions"), "{head}");
    let query = json!({ "query": "{ countries { name } }" });
    let post = app.http().post(app.url("/graphql")).json(&query);
    let answer = post.header("accept-encoding", "gzip, br, deflate, zstd");
    let answer = answer.send().await.unwrap();
    assert!(!answer.headers().contains_key("content-encoding"));
}
