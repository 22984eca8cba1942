//! What a client says on one socket, byte for byte.

use serde_json::{Value, json};

use super::frames::{self, BINARY, PING, PONG, TEXT};
use crate::dice::Dice;
use crate::documents::Source;
use crate::{json, text};

pub struct Conversation {
    pub bytes: Vec<u8>,
    /// Where the client pauses for a moment.
    pub pause: usize,
    /// Whether a close of the client may be among it, whose code comes back.
    pub closes: bool,
}

const UPGRADE: &str = "GET /graphql/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";

impl Conversation {
    pub fn draw(source: &Source, token: &str, dice: &mut Dice) -> Self {
        let mut bytes = UPGRADE.as_bytes().to_vec();
        if dice.chance(5) {
            text::garble(&mut bytes, 3, dice);
        }
        let mut talk = Vec::new();
        let mut closes = false;
        if dice.chance(85) {
            let init = init(token, dice).to_string();
            talk.extend(frames::whole(TEXT, init.as_bytes(), dice));
        }
        let is_polite = dice.chance(40);
        for _ in 0..dice.below(8) {
            talk.extend(if is_polite {
                let message = request(&["1", "2", "3"], source, dice).to_string();
                frames::whole(TEXT, message.as_bytes(), dice)
            } else if dice.chance(3) {
                closes = true;
                let code = *dice.pick(&[
                    0, 999, 1000, 1001, 1005, 1006, 1015, 3000, 4400, 4999, 65535,
                ]);
                frames::close(code, text::odd(dice).as_bytes(), dice)
            } else {
                said(source, dice)
            });
        }
        if dice.chance(10) && !is_polite {
            closes = true;
            text::garble(&mut talk, 6, dice);
        }
        let pause = dice.below(talk.len() + 1) + bytes.len();
        bytes.extend(talk);
        Self {
            bytes,
            pause,
            closes,
        }
    }

    /// One that must be answered, with this.
    pub fn probe(dice: &mut Dice) -> (Self, &'static str) {
        let mut bytes = UPGRADE.as_bytes().to_vec();
        for message in [
            json!({ "type": "connection_init" }),
            json!({ "type": "subscribe", "id": "p", "payload": { "query": "{ __typename }" } }),
        ] {
            bytes.extend(frames::whole(TEXT, message.to_string().as_bytes(), dice));
        }
        let pause = bytes.len();
        let probe = Self {
            bytes,
            pause,
            closes: false,
        };
        (probe, r#"{"data":{"__typename":"Query"}}"#)
    }
}

fn init(token: &str, dice: &mut Dice) -> Value {
    let payload = match dice.below(10) {
        0 => json!({ "Authorization": format!("Bearer {token}") }),
        1 => json!({ "authorization": text::odd(dice) }),
        2 => json!({ "Authorization": 1 }),
        3 => json!([]),
        4 => Value::Null,
        _ => json!({}),
    };
    json!({ "type": "connection_init", "payload": payload })
}

/// One thing to say, well or badly.
fn said(source: &Source, dice: &mut Dice) -> Vec<u8> {
    let message = message(source, dice);
    let message = message.as_bytes();
    match dice.below(24) {
        0 => frames::whole(BINARY, message, dice),
        1 => frames::whole(PING, &dice.bytes(200), dice),
        2 => frames::whole(PONG, &dice.bytes(125), dice),
        3 | 4 => frames::fragmented(TEXT, message, dice),
        5 => frames::wrong(&dice.bytes(200), dice),
        6 => frames::whole(TEXT, &dice.bytes(100), dice),
        7 => {
            let ping = frames::whole(*dice.pick(&[PING, PONG, TEXT]), b"{}", dice);
            ping.repeat(dice.size().min(500))
        }
        8 => frames::whole(TEXT, &b"[".repeat(dice.size() * 5), dice),
        _ => frames::whole(TEXT, message, dice),
    }
}

fn request(ids: &[&str], source: &Source, dice: &mut Dice) -> Value {
    let request = source.draw(dice);
    let payload = json!({ "query": request.text, "variables": request.variables });
    json!({ "type": "subscribe", "id": *dice.pick(ids), "payload": payload })
}

fn message(source: &Source, dice: &mut Dice) -> String {
    let ids = ["1", "2", "3", "", "é", "__proto__"];
    let id = *dice.pick(&ids);
    let mut message = match dice.below(12) {
        0 => json!({ "type": "connection_init" }),
        1 => json!({ "type": "ping", "payload": { "a": text::odd(dice) } }),
        2 => json!({ "type": "pong" }),
        3 | 4 => json!({ "type": "complete", "id": id }),
        5 => json!({ "type": *dice.pick(&["start", "next", "error", "connection_ack"]), "id": id }),
        _ => request(&ids, source, dice),
    };
    if dice.chance(12) {
        json::disturb(&mut message, dice);
    }
    message.to_string()
}
