//! What the two ends say to each other.

use std::sync::Arc;

use async_graphql::ServerError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// Bytes of an operation's id, which each of its answers repeats. Clients use numbers or UUIDs.
const ID: usize = 200;

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
    /// A sentence of what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        // By way of a map: serde would also take an array for a message.
        let object: Object = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let message =
            serde_json::from_value(Value::Object(object)).map_err(|error| error.to_string())?;
        match &message {
            Self::Subscribe { id, .. } | Self::Complete { id } if id.is_empty() => {
                Err("the id is empty".to_owned())
            }
            Self::Subscribe { id, .. } | Self::Complete { id } if id.len() > ID => {
                Err(format!("the id has more than {ID} bytes"))
            }
            _ => Ok(message),
        }
    }
}

/// All but the answers, see [`NextHead`].
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Object>,
    },
    /// Nothing was executed; the id is free again and no `complete` follows.
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

impl ServerMessage<'_> {
    pub(super) fn text(&self) -> String {
        json(self)
    }
}

/// How each answer to one operation begins, written once; what follows is the same for whoever is told the same.
#[derive(Clone, Debug)]
pub(super) struct NextHead(Arc<str>);

impl NextHead {
    pub(super) fn to(id: &str) -> Self {
        let id = json(&id);
        Self(format!(r#"{{"type":"next","id":{id},"payload":"#).into())
    }

    /// `payload` is a response as JSON.
    pub(super) fn parts<'a>(&'a self, payload: &'a str) -> [&'a str; 3] {
        [&self.0, payload, "}"]
    }

    /// As [`NextHead::parts`], in one.
    pub(super) fn text(&self, payload: &str) -> String {
        self.parts(payload).concat()
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        // Texts and numbers have a JSON form.
        tracing::error!(%error, "a message that is no JSON");
        "null".to_owned()
    })
}

/// What `connection_init` says of the caller, in the two spellings that clients use.
/// # Errors
/// If it is there and no text.
pub(super) fn authorization(payload: &Object) -> Result<Option<&str>, &'static str> {
    payload
        .get("Authorization")
        .or_else(|| payload.get("authorization"))
        .filter(|value| !value.is_null())
        .map(|value| value.as_str().ok_or("Authorization is no text"))
        .transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_client_may_say_five_things() {
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
    fn anything_else_is_refused() {
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
        let long = json!({ "type": "complete", "id": "x".repeat(ID + 1) });
        assert!(ClientMessage::parse(&long.to_string()).is_err());
    }

    #[test]
    fn our_messages_have_the_names_of_the_protocol() {
        assert_eq!(
            ServerMessage::ConnectionAck.text(),
            r#"{"type":"connection_ack"}"#
        );
        assert_eq!(
            ServerMessage::Pong { payload: None }.text(),
            r#"{"type":"pong"}"#
        );
        let error = ServerMessage::Error {
            id: "1",
            payload: &[ServerError::new("x", None)],
        };
        assert_eq!(
            error.text(),
            r#"{"type":"error","id":"1","payload":[{"message":"x"}]}"#
        );
        assert_eq!(
            NextHead::to("\"é\n").text(r#"{"data":null}"#),
            r#"{"type":"next","id":"\"é\n","payload":{"data":null}}"#
        );
    }
}
