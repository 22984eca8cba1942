//! Messages and frames: a socket is answered by the protocol or closed with a code of it, and the next one is served.

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

use crate::claim::{Failure, Plan, Tally, claim, claim_quiet};
use crate::dice::Dice;
use crate::documents::{Source, answer};
use crate::live::Live;
use conversation::Conversation;
use frames::{CLOSE, Frame, PING, PONG, TEXT};

/// Sockets at once.
const BATCH: u64 = 32;
/// For what a server says unasked, once the client has said all.
const PAUSE: Duration = Duration::from_millis(20);
/// From the client's last word to the end of the connection. The server waits a second for a farewell.
const END: Duration = Duration::from_secs(20);

/// RFC 6455, 7.4.1, and graphql-ws. 4500 is not among them: it is an error of ours.
const CODES: [u16; 12] = [
    1000, 1002, 1007, 1008, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429,
];

pub fn run(plan: &Plan, tally: &mut Tally) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(converse_all(plan, tally))
}

async fn converse_all(plan: &Plan, tally: &mut Tally) -> Result<(), Failure> {
    let live = Live::start().await;
    let (address, source) = (live.server.address, Source::new(live.know().await));
    let (mut messages, mut closed) = (0, 0);
    for (batch, length) in plan.batches(BATCH) {
        let mut dice = Dice::new(plan.seed, batch);
        let note = format!("batch {batch} of the seed");
        plan.journal.note(note.as_bytes());
        let conversations: Vec<Conversation> = (0..length)
            .map(|_| Conversation::draw(&source, &live.token, &mut dice))
            .collect();
        let heard: Vec<Result<Heard, Failure>> = stream::iter(&conversations)
            .map(|conversation| converse(address, conversation))
            .buffer_unordered(conversations.len())
            .collect()
            .await;
        for heard in heard {
            let heard = heard?;
            tally.count(heard.code.is_none(), heard.took);
            messages += heard.messages;
            closed += u64::from(heard.code.is_some());
        }
        probe(address, &mut dice).await?;
        claim_quiet(note.as_bytes())?;
    }
    tally.notes.push(format!(
        "{messages} messages heard, {closed} sockets closed with a code"
    ));
    live.server.stop().await.unwrap();
    claim_quiet(b"the end of the server")
}

/// What a server said on one socket.
struct Heard {
    messages: u64,
    code: Option<u16>,
    took: Duration,
    text: String,
}

async fn converse(address: SocketAddr, said: &Conversation) -> Result<Heard, Failure> {
    let start = Instant::now();
    let socket = TcpStream::connect(address).await.unwrap();
    let (reader, writer) = socket.into_split();
    let talk = async { tokio::join!(say(writer, said), listen(reader)).1 };
    let Ok(heard) = timeout(END, talk).await else {
        return Err(Failure {
            claim: format!("the server neither closes nor cuts the connection in {END:?}"),
            input: said.bytes.clone(),
        });
    };
    let judged = judge(&heard, said.closes);
    claim(judged.is_ok(), &said.bytes, || {
        judged.as_ref().err().cloned().unwrap_or_default()
    })?;
    let (messages, code) = judged.unwrap_or_default();
    Ok(Heard {
        messages,
        code,
        took: start.elapsed(),
        text: String::from_utf8_lossy(&heard).into_owned(),
    })
}

/// A server that has heard enough may have gone before we are done; that is no failure.
async fn say(mut writer: OwnedWriteHalf, said: &Conversation) {
    let (first, second) = said.bytes.split_at(said.pause.min(said.bytes.len()));
    for part in [first, second] {
        if writer.write_all(part).await.is_err() {
            return;
        }
        sleep(PAUSE).await;
    }
    let _ = writer.shutdown().await;
}

async fn listen(mut reader: OwnedReadHalf) -> Vec<u8> {
    let mut heard = Vec::new();
    // A connection may also end by a reset: what came before it was said.
    let _ = reader.read_to_end(&mut heard).await;
    heard
}

/// How many messages there were, and the code that closed them; or what was wrong with them.
fn judge(heard: &[u8], closes: bool) -> Result<(u64, Option<u16>), String> {
    let end = heard.windows(4).position(|end| end == b"\r\n\r\n");
    let end = end.map_or(heard.len(), |at| at + 4);
    let (answer, rest) = heard.split_at(end);
    if answer.is_empty() {
        return Ok((0, None));
    }
    if !answer.starts_with(b"HTTP/1.1 101") {
        let is_refused = answer.starts_with(b"HTTP/1.1 4") || answer.starts_with(b"HTTP/1.0 4");
        let shown = String::from_utf8_lossy(heard);
        return if is_refused {
            Ok((0, None))
        } else {
            Err(format!("no upgrade: {shown}"))
        };
    }
    let (mut messages, mut code) = (0, None);
    let mut is_acknowledged = false;
    for frame in frames::read(rest)? {
        match frame.opcode {
            // What the client sent meanwhile may be a ping, which is to be answered (RFC 6455, 5.5.2).
            PONG => {}
            _ if code.is_some() => return Err(format!("after its close it said {frame:?}")),
            TEXT => judge_message(&frame, &mut is_acknowledged)?,
            PING => {}
            CLOSE => code = Some(judge_close(&frame, closes)?),
            _ => return Err(format!("it sent {frame:?}")),
        }
        messages += 1;
    }
    Ok((messages, code))
}

fn judge_close(frame: &Frame, closes: bool) -> Result<u16, String> {
    let code = frame
        .payload
        .first_chunk()
        .map(|code| u16::from_be_bytes(*code));
    let text = std::str::from_utf8(frame.payload.get(2..).unwrap_or_default());
    match code {
        Some(code) if text.is_ok() && (CODES.contains(&code) || closes) => Ok(code),
        None if closes && frame.payload.is_empty() => Ok(1005),
        _ => Err(format!("it closed with {code:?} {text:?}")),
    }
}

fn judge_message(frame: &Frame, is_acknowledged: &mut bool) -> Result<(), String> {
    let message: Value =
        serde_json::from_slice(&frame.payload).map_err(|error| error.to_string())?;
    let payload = &message["payload"];
    match message["type"].as_str() {
        Some("connection_ack") if !*is_acknowledged => {
            *is_acknowledged = true;
            Ok(())
        }
        Some("pong") => Ok(()),
        _ if !*is_acknowledged => Err(format!("before its ack it said {message}")),
        Some("next") => answer::check(payload).map(drop),
        Some("complete") => Ok(()),
        Some("error") => {
            let errors = payload.as_array().filter(|errors| !errors.is_empty());
            let mut errors = errors
                .ok_or_else(|| format!("no errors: {message}"))?
                .iter();
            errors.try_for_each(answer::check_error)
        }
        _ => Err(format!("it said {message}")),
    }
}

/// A socket like any other, which must be served whatever was said on those before.
async fn probe(address: SocketAddr, dice: &mut Dice) -> Result<(), Failure> {
    let (probe, answer) = Conversation::probe(dice);
    let heard = converse(address, &probe).await?;
    claim(heard.text.contains(answer), &probe.bytes, || {
        format!("a fresh socket is answered {}", heard.text)
    })
}
