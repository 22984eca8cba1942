//! Fuzzing of WebSocket messages and frames: the server answers by the protocol or closes with a valid code, and the
//! next socket works.

mod conversation;
mod frames;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{sleep, timeout};

use crate::documents::{RequestGenerator, response};
use crate::property::{Failure, Plan, Stats, ensure, ensure_no_errors};
use crate::random::Random;
use crate::test_server::TestServer;
use conversation::Conversation;
use frames::{CLOSE, Frame, PING, PONG, TEXT};

/// Concurrent sockets.
const BATCH_SIZE: u64 = 32;
/// Wait for messages that the server sends on its own, after the client has sent everything.
const SERVER_MESSAGE_WAIT: Duration = Duration::from_millis(20);
/// Maximum time from the client's last byte to the end of the connection. The server waits one second for the client's
/// close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

/// RFC 6455, 7.4.1, and graphql-ws. Without 4500, which is an internal error.
const CODES: [u16; 12] = [
    1000, 1002, 1007, 1008, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429,
];

pub fn run(plan: &Plan, stats: &mut Stats) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(converse_all(plan, stats))
}

async fn converse_all(plan: &Plan, stats: &mut Stats) -> Result<(), Failure> {
    let test_server = TestServer::start().await;
    let (address, generator) = (
        test_server.server.address,
        RequestGenerator::new(test_server.load_known_values().await),
    );
    let (mut messages, mut closed) = (0, 0);
    for (batch, length) in plan.batches(BATCH_SIZE) {
        let mut random = Random::new(plan.seed, batch);
        let batch_name = format!("batch {batch} of the seed");
        plan.journal.store(batch_name.as_bytes());
        let conversations: Vec<Conversation> = (0..length)
            .map(|_| Conversation::generate(&generator, &test_server.token, &mut random))
            .collect();
        let results: Vec<Result<ConversationResult, Failure>> = stream::iter(&conversations)
            .map(|conversation| converse(address, conversation))
            .buffer_unordered(conversations.len())
            .collect()
            .await;
        for result in results {
            let result = result?;
            stats.count(result.code.is_none(), result.duration);
            messages += result.messages;
            closed += u64::from(result.code.is_some());
        }
        check_new_socket(address, &mut random).await?;
        ensure_no_errors(batch_name.as_bytes())?;
    }
    stats.notes.push(format!(
        "{messages} messages received, {closed} sockets closed with a code"
    ));
    test_server.server.stop().await.unwrap();
    ensure_no_errors(b"shutdown of the server")
}

/// Result of one conversation.
struct ConversationResult {
    messages: u64,
    code: Option<u16>,
    duration: Duration,
    text: String,
}

async fn converse(
    address: SocketAddr,
    conversation: &Conversation,
) -> Result<ConversationResult, Failure> {
    let start = Instant::now();
    let socket = TcpStream::connect(address).await.unwrap();
    let (reader, writer) = socket.into_split();
    let exchange = async { tokio::join!(send(writer, conversation), receive(reader)).1 };
    let Ok(bytes) = timeout(CLOSE_TIMEOUT, exchange).await else {
        return Err(Failure {
            violation: format!("the server did not close the connection within {CLOSE_TIMEOUT:?}"),
            input: conversation.bytes.clone(),
        });
    };
    let result = check_bytes(&bytes, conversation.may_close);
    ensure(result.is_ok(), &conversation.bytes, || {
        result.as_ref().err().cloned().unwrap_or_default()
    })?;
    let (messages, code) = result.unwrap_or_default();
    Ok(ConversationResult {
        messages,
        code,
        duration: start.elapsed(),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// The server may have closed before everything is sent; that is not a failure.
async fn send(mut writer: OwnedWriteHalf, conversation: &Conversation) {
    let (first, second) = conversation
        .bytes
        .split_at(conversation.pause.min(conversation.bytes.len()));
    for part in [first, second] {
        if writer.write_all(part).await.is_err() {
            return;
        }
        sleep(SERVER_MESSAGE_WAIT).await;
    }
    let _ = writer.shutdown().await;
}

async fn receive(mut reader: OwnedReadHalf) -> Vec<u8> {
    let mut bytes = Vec::new();
    // The connection may also end with a reset; the bytes before it count.
    let _ = reader.read_to_end(&mut bytes).await;
    bytes
}

/// The number of messages and the close code.
/// # Errors
/// The server violated the protocol.
fn check_bytes(bytes: &[u8], may_close: bool) -> Result<(u64, Option<u16>), String> {
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n");
    let end = end.map_or(bytes.len(), |at| at + 4);
    let (head, rest) = bytes.split_at(end);
    if head.is_empty() {
        return Ok((0, None));
    }
    if !head.starts_with(b"HTTP/1.1 101") {
        let is_rejected = head.starts_with(b"HTTP/1.1 4") || head.starts_with(b"HTTP/1.0 4");
        let shown = String::from_utf8_lossy(bytes);
        return if is_rejected {
            Ok((0, None))
        } else {
            Err(format!("the upgrade failed: {shown}"))
        };
    }
    let (mut messages, mut code) = (0, None);
    let mut is_acknowledged = false;
    for frame in frames::read(rest)? {
        match frame.opcode {
            // A pong may follow: the client's ping can arrive after the close frame was sent (RFC 6455, 5.5.2).
            PONG => {}
            _ if code.is_some() => {
                return Err(format!("the server sent {frame:?} after its close frame"));
            }
            TEXT => check_message(&frame, &mut is_acknowledged)?,
            PING => {}
            CLOSE => code = Some(check_close(&frame, may_close)?),
            _ => return Err(format!("the server sent {frame:?}")),
        }
        messages += 1;
    }
    Ok((messages, code))
}

fn check_close(frame: &Frame, may_close: bool) -> Result<u16, String> {
    let code = frame
        .payload
        .first_chunk()
        .map(|code| u16::from_be_bytes(*code));
    let text = std::str::from_utf8(frame.payload.get(2..).unwrap_or_default());
    match code {
        Some(code) if text.is_ok() && (CODES.contains(&code) || may_close) => Ok(code),
        None if may_close && frame.payload.is_empty() => Ok(1005),
        _ => Err(format!("the server closed with {code:?} {text:?}")),
    }
}

fn check_message(frame: &Frame, is_acknowledged: &mut bool) -> Result<(), String> {
    let message: Value =
        serde_json::from_slice(&frame.payload).map_err(|error| error.to_string())?;
    let payload = &message["payload"];
    match message["type"].as_str() {
        Some("connection_ack") if !*is_acknowledged => {
            *is_acknowledged = true;
            Ok(())
        }
        Some("pong") => Ok(()),
        _ if !*is_acknowledged => Err(format!("the server sent {message} before connection_ack")),
        Some("next") => response::check_body(payload).map(drop),
        Some("complete") => Ok(()),
        Some("error") => {
            let errors = payload.as_array().filter(|errors| !errors.is_empty());
            let mut errors = errors
                .ok_or_else(|| format!("an error message without errors: {message}"))?
                .iter();
            errors.try_for_each(response::check_error)
        }
        _ => Err(format!("the server sent {message}")),
    }
}

/// Checks that a new socket works after everything sent on earlier ones.
async fn check_new_socket(address: SocketAddr, random: &mut Random) -> Result<(), Failure> {
    let (conversation, expected) = Conversation::valid(random);
    let result = converse(address, &conversation).await?;
    ensure(result.text.contains(expected), &conversation.bytes, || {
        format!("a new socket received {}", result.text)
    })
}
