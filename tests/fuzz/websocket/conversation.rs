//! The bytes that a client sends on one socket.

use serde_json::{Value, json};

use super::frames::{self, BINARY, PING, PONG, TEXT};
use crate::documents::RequestGenerator;
use crate::random::Random;
use crate::{json, text};

pub struct Conversation {
    pub bytes: Vec<u8>,
    /// Offset at which the client pauses.
    pub pause: usize,
    /// Whether the bytes may contain a close frame, whose code the server then repeats.
    pub may_close: bool,
}

const UPGRADE: &str = "GET /graphql/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";

impl Conversation {
    pub fn generate(generator: &RequestGenerator, token: &str, random: &mut Random) -> Self {
        let mut bytes = UPGRADE.as_bytes().to_vec();
        if random.chance(5) {
            text::garble(&mut bytes, 3, random);
        }
        let mut frames = Vec::new();
        let mut may_close = false;
        if random.chance(85) {
            let init = init(token, random).to_string();
            frames.extend(frames::whole(TEXT, init.as_bytes(), random));
        }
        let is_valid = random.chance(40);
        for _ in 0..random.below(8) {
            frames.extend(if is_valid {
                let message = request(&["1", "2", "3"], generator, random).to_string();
                frames::whole(TEXT, message.as_bytes(), random)
            } else if random.chance(3) {
                may_close = true;
                let code = *random.pick(&[
                    0, 999, 1000, 1001, 1005, 1006, 1015, 3000, 4400, 4999, 65535,
                ]);
                frames::close(code, text::odd(random).as_bytes(), random)
            } else {
                random_frames(generator, random)
            });
        }
        if random.chance(10) && !is_valid {
            may_close = true;
            text::garble(&mut frames, 6, random);
        }
        let pause = random.below(frames.len() + 1) + bytes.len();
        bytes.extend(frames);
        Self {
            bytes,
            pause,
            may_close,
        }
    }

    /// A valid conversation, and the payload with which it must be answered.
    pub fn valid(random: &mut Random) -> (Self, &'static str) {
        let mut bytes = UPGRADE.as_bytes().to_vec();
        for message in [
            json!({ "type": "connection_init" }),
            json!({ "type": "subscribe", "id": "p", "payload": { "query": "{ __typename }" } }),
        ] {
            bytes.extend(frames::whole(TEXT, message.to_string().as_bytes(), random));
        }
        let pause = bytes.len();
        let conversation = Self {
            bytes,
            pause,
            may_close: false,
        };
        (conversation, r#"{"data":{"__typename":"Query"}}"#)
    }
}

fn init(token: &str, random: &mut Random) -> Value {
    let payload = match random.below(10) {
        0 => json!({ "Authorization": format!("Bearer {token}") }),
        1 => json!({ "authorization": text::odd(random) }),
        2 => json!({ "Authorization": 1 }),
        3 => json!([]),
        4 => Value::Null,
        _ => json!({}),
    };
    json!({ "type": "connection_init", "payload": payload })
}

/// Frames with one message, valid or not.
fn random_frames(generator: &RequestGenerator, random: &mut Random) -> Vec<u8> {
    let message = message(generator, random);
    let message = message.as_bytes();
    match random.below(24) {
        0 => frames::whole(BINARY, message, random),
        1 => frames::whole(PING, &random.bytes(200), random),
        2 => frames::whole(PONG, &random.bytes(125), random),
        3 | 4 => frames::fragmented(TEXT, message, random),
        5 => frames::invalid(&random.bytes(200), random),
        6 => frames::whole(TEXT, &random.bytes(100), random),
        7 => {
            let ping = frames::whole(*random.pick(&[PING, PONG, TEXT]), b"{}", random);
            ping.repeat(random.size().min(500))
        }
        8 => frames::whole(TEXT, &b"[".repeat(random.size() * 5), random),
        _ => frames::whole(TEXT, message, random),
    }
}

fn request(ids: &[&str], generator: &RequestGenerator, random: &mut Random) -> Value {
    let request = generator.generate(random);
    let payload = json!({ "query": request.text, "variables": request.variables });
    json!({ "type": "subscribe", "id": *random.pick(ids), "payload": payload })
}

fn message(generator: &RequestGenerator, random: &mut Random) -> String {
    let ids = ["1", "2", "3", "", "é", "__proto__"];
    let id = *random.pick(&ids);
    let mut message = match random.below(12) {
        0 => json!({ "type": "connection_init" }),
        1 => json!({ "type": "ping", "payload": { "a": text::odd(random) } }),
        2 => json!({ "type": "pong" }),
        3 | 4 => json!({ "type": "complete", "id": id }),
        5 => {
            json!({ "type": *random.pick(&["start", "next", "error", "connection_ack"]), "id": id })
        }
        _ => request(&ids, generator, random),
    };
    if random.chance(12) {
        json::mutate(&mut message, random);
    }
    message.to_string()
}
