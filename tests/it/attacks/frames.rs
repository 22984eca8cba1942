//! WebSocket frames that no client library sends (RFC 6455, section 5).

use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits};
use serde_json::json;

use super::assert_alive;
use super::raw_connection::RawConnection;
use crate::app::{TestApp, limits};

const FIN: u8 = 0x80;
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

/// A masked frame; the mask is zero, so the payload is sent unchanged.
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

pub(super) async fn upgraded(mut connection: RawConnection) -> RawConnection {
    upgrade(&mut connection, "").await;
    connection
}

/// Upgrades with additional headers and returns the head of the response.
async fn upgrade(connection: &mut RawConnection, headers: &str) -> String {
    let head = "host: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
        sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n";
    connection
        .send(format!("GET /graphql/ws HTTP/1.1\r\n{head}{headers}\r\n"))
        .await;
    let response = connection.read_response().await;
    assert_eq!(response.status, 101);
    response.head
}

/// Payloads of the complete text frames.
pub(super) fn payloads(frames: &[u8]) -> Vec<&[u8]> {
    let texts = split_frames(frames)
        .into_iter()
        .filter(|(first, _)| *first == FIN | TEXT);
    texts.map(|(_, payload)| payload).collect()
}

/// The code of the close frame.
pub(super) fn close_code(frames: &[u8]) -> Option<u16> {
    let frames = split_frames(frames);
    let (_, payload) = frames.iter().find(|(first, _)| *first == FIN | CLOSE)?;
    Some(u16::from_be_bytes(payload.get(..2)?.try_into().unwrap()))
}

/// First byte and payload of each frame; a truncated last frame is left out.
fn split_frames(mut frames: &[u8]) -> Vec<(u8, &[u8])> {
    let mut complete = Vec::new();
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
        complete.push((*first, payload));
        frames = next;
    }
    complete
}

#[tokio::test]
async fn an_invalid_frame_closes_the_connection_with_its_code() {
    let app = TestApp::start().await;
    let mut other = app.connect_websocket().await;
    let large = vec![b'x'; 40 << 10];
    let init = br#"{"type":"connection_init"}"#;
    for (frames, expected) in [
        // Only announced: the server does not wait for the rest.
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
        let mut connection = upgraded(RawConnection::open(&app).await).await;
        connection.send(&frames).await;
        let start = &frames[..frames.len().min(20)];
        assert_eq!(
            close_code(&connection.read_to_end().await),
            Some(expected),
            "{start:x?}"
        );
    }
    assert_alive(&mut other).await;
}

#[tokio::test]
async fn an_endless_message_is_disconnected_like_a_silent_peer() {
    let app = TestApp::start_with_limits(Limits {
        time: TimeLimits {
            ping: Duration::from_millis(50).into(),
            ..TimeLimits::default()
        },
        ..limits()
    })
    .await;
    let mut connection = upgraded(RawConnection::open(&app).await).await;
    let flood = frame(CONTINUATION, b"").repeat(1_000);
    connection
        .send(frame(FIN | TEXT, br#"{"type":"connection_init"}"#))
        .await;
    connection.send(frame(TEXT, b"")).await;
    connection.flood(&flood).await;
    // The flood does not affect other clients.
    app.query("{ __typename }").await;
}

#[tokio::test]
async fn nothing_is_sent_compressed() {
    let app = TestApp::start().await;
    let mut connection = RawConnection::open(&app).await;
    // A few compressed bytes can inflate to gigabytes, and the compressed length can leak secrets (CRIME, BREACH).
    let offer = "sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\n";
    let head = upgrade(&mut connection, offer).await;
    assert!(!head.contains("sec-websocket-extensions"), "{head}");
    let query = json!({ "query": "{ countries { name } }" });
    let post = app.http().post(app.url("/graphql")).json(&query);
    let response = post.header("accept-encoding", "gzip, br, deflate, zstd");
    let response = response.send().await.unwrap();
    assert!(!response.headers().contains_key("content-encoding"));
}
