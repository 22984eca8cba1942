//! Messages of `graphql-transport-ws`: parsing those of the client and writing those of the server.

use std::sync::Arc;

use async_graphql::ServerError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// Bytes of an operation's id, which each of its messages repeats. Clients use numbers or UUIDs.
const MAX_ID_BYTES: usize = 200;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage {
    ConnectionInit { payload: Option<Object> },
    Ping { payload: Option<Object> },
    Pong { payload: Option<Object> },
    Subscribe { id: String, payload: Object },
    Complete { id: String },
}

impl ClientMessage {
    /// # Errors
    /// The reason, as text for a close frame.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        // Through a map, because serde would also accept an array as a message.
        let object: Object = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let message =
            serde_json::from_value(Value::Object(object)).map_err(|error| error.to_string())?;
        match &message {
            Self::Subscribe { id, .. } | Self::Complete { id } if id.is_empty() => {
                Err("the id is empty".to_owned())
            }
            Self::Subscribe { id, .. } | Self::Complete { id } if id.len() > MAX_ID_BYTES => {
                Err(format!("the id has more than {MAX_ID_BYTES} bytes"))
            }
            _ => Ok(message),
        }
    }
}

/// The messages of the server except `next`, see [`NextEnvelope`].
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Object>,
    },
    /// Nothing was executed. The id is free again, and no `complete` follows.
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

impl ServerMessage<'_> {
    pub(super) fn json(&self) -> String {
        to_json(self)
    }
}

/// The `next` message of one operation around its payload, serialized once: the payload is shared by all subscribers.
#[derive(Clone, Debug)]
pub(super) struct NextEnvelope(Arc<str>);

impl NextEnvelope {
    pub(super) fn for_operation(id: &str) -> Self {
        let id = to_json(&id);
        Self(format!(r#"{{"type":"next","id":{id},"payload":"#).into())
    }

    /// The message in parts. `payload` is a response as JSON.
    pub(super) fn message_parts<'a>(&'a self, payload: &'a str) -> [&'a str; 3] {
        [&self.0, payload, "}"]
    }

    /// [`NextEnvelope::message_parts`] as one text.
    pub(super) fn message(&self, payload: &str) -> String {
        self.message_parts(payload).concat()
    }
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        // Cannot happen: strings, numbers and maps with string keys always have a JSON form.
        tracing::error!(%error, "could not serialize a message as JSON");
        "null".to_owned()
    })
}

/// The authorization in the payload of `connection_init`, wherever clients put it: `Authorization` in any case, also within
/// `headers`, or a bare `token`.
/// # Errors
/// If it is not a string, or if two of them differ: none is ignored.
pub(super) fn authorization(payload: &Object) -> Result<Option<String>, &'static str> {
    let nested = match payload.get("headers") {
        Some(Value::Object(headers)) => Some(headers),
        _ => None,
    };
    let mut found: Option<String> = None;
    let fields = payload.iter().chain(nested.into_iter().flatten());
    for (name, value) in fields.filter(|(_, value)| !value.is_null()) {
        let is_token = name == "token";
        if !is_token && !name.eq_ignore_ascii_case("authorization") {
            continue;
        }
        let text = value
            .as_str()
            .ok_or("Authorization and token in connection_init must be strings")?;
        let text = if is_token && !text.contains(' ') {
            format!("Bearer {text}")
        } else {
            text.to_owned()
        };
        if found.as_ref().is_some_and(|other| *other != text) {
            return Err("connection_init contains two different authorizations; send one");
        }
        found = Some(text);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_five_client_messages_are_parsed() {
        for (text, message) in [
            (
                r#"{"type":"connection_init"}"#,
                ClientMessage::ConnectionInit { payload: None },
            ),
            (
                r#"{"type":"pong","payload":{}}"#,
                ClientMessage::Pong {
                    payload: Some(Object::new()),
                },
            ),
            (
                r#"{"type":"ping","payload":null}"#,
                ClientMessage::Ping { payload: None },
            ),
            (
                r#"{"type":"subscribe","id":"1","payload":{}}"#,
                ClientMessage::Subscribe {
                    id: "1".to_owned(),
                    payload: Object::new(),
                },
            ),
            (
                r#"{"id":"1","type":"complete"}"#,
                ClientMessage::Complete { id: "1".to_owned() },
            ),
        ] {
            assert_eq!(ClientMessage::parse(text), Ok(message));
        }
    }

    #[test]
    fn anything_else_is_rejected() {
        for text in [
            "",
            "{}",
            "null",
            r#"["ping"]"#,
            r#"{"type":"start","id":"1","payload":{}}"#,
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"next","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"type":"subscribe","id":"","payload":{}}"#,
            r#"{"type":"subscribe","id":1,"payload":{}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":"{a}"}"#,
            r#"{"type":"ping","payload":"x"}"#,
            r#"{"type":"pong","payload":[]}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(ClientMessage::parse(text).is_err(), "{text}");
        }
        assert!(ClientMessage::parse(&"[".repeat(60_000)).is_err());
        let long = json!({ "type": "complete", "id": "x".repeat(MAX_ID_BYTES + 1) });
        assert!(ClientMessage::parse(&long.to_string()).is_err());
    }

    #[test]
    fn server_messages_follow_the_protocol() {
        assert_eq!(
            ServerMessage::ConnectionAck.json(),
            r#"{"type":"connection_ack"}"#
        );
        assert_eq!(
            ServerMessage::Pong { payload: None }.json(),
            r#"{"type":"pong"}"#
        );
        let error = ServerMessage::Error {
            id: "1",
            payload: &[ServerError::new("x", None)],
        };
        assert_eq!(
            error.json(),
            r#"{"type":"error","id":"1","payload":[{"message":"x"}]}"#
        );
        assert_eq!(
            NextEnvelope::for_operation("\"é\n").message(r#"{"data":null}"#),
            r#"{"type":"next","id":"\"é\n","payload":{"data":null}}"#
        );
    }
}
