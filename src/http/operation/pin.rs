//! The pin of a request: `seq` in the URL, or `ledger: { seq }` in the request's extensions.
//!
//! It is parsed when the operation is prepared, so that a wrong pin is an error of its operation on every transport.

use async_graphql::{Extensions, Value, parser::types::OperationType};
use axum::{extract::Query, http::Uri};
use serde::Deserialize;

use crate::http::response::error::HttpError;
use crate::model::{pin::PinRequest, text};

/// Parameters of the URL, as received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct UrlPin {
    seq: Option<String>,
    generation: Option<String>,
}

/// A part of a pin that is not valid, and why.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) struct InvalidPin {
    pub(in crate::http) field: &'static str,
    pub(in crate::http) message: String,
}

impl InvalidPin {
    /// A mutation changes the newest state, and a subscription follows it.
    pub(super) fn not_a_query(kind: OperationType) -> Self {
        let message = format!(
            "only a query can be pinned, and this is a {kind}; leave `seq` out of its URL and extensions"
        );
        invalid("seq", message)
    }

    /// The state of a pin never changes.
    pub(super) fn of_live_query() -> Self {
        let message =
            "a pinned answer never changes, so it cannot be live; leave `@live` or `seq` out";
        invalid("seq", message.to_owned())
    }
}

const EXTENSION: &str = "extensions.ledger";
const EXTENSION_SEQ: &str = "extensions.ledger.seq";
/// Characters of a value that an error repeats.
const MAX_ECHOED_BYTES: usize = 100;

impl UrlPin {
    /// # Errors
    /// 400 for a repeated parameter.
    pub(crate) fn from_uri(uri: &Uri) -> Result<Self, HttpError> {
        let Query(pin) =
            Query::try_from_uri(uri).map_err(|error| HttpError::bad_request(error.body_text()))?;
        Ok(pin)
    }

    /// Whether the URL pins anything.
    pub(crate) fn is_set(&self) -> bool {
        *self != Self::default()
    }
}

/// Both parts of a pin; a generation pins nothing on its own.
#[derive(Debug, Default)]
struct Parts {
    seq: Option<i64>,
    generation: Option<String>,
}

/// The pin of a request; `None` for an answer of now.
pub(in crate::http) fn parse_pin(
    url: &UrlPin,
    extensions: &Extensions,
) -> Result<Option<PinRequest>, InvalidPin> {
    let seq = url.seq.as_deref().map(parse_seq).transpose()?;
    let extension = extension_parts(extensions.0.get("ledger"))?;
    let (seq, generation) = (
        merge("seq", seq, extension.seq)?,
        merge("generation", url.generation.clone(), extension.generation)?,
    );
    match (seq, generation) {
        (Some(seq), generation) => Ok(Some(PinRequest { seq, generation })),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(invalid(
            "generation",
            "pins nothing on its own; send `seq` too".to_owned(),
        )),
    }
}

fn extension_parts(ledger: Option<&Value>) -> Result<Parts, InvalidPin> {
    let fields = match ledger {
        None | Some(Value::Null) => return Ok(Parts::default()),
        Some(Value::Object(fields)) => fields,
        Some(other) => return Err(not_an_object(other)),
    };
    let mut parts = Parts::default();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("seq", Value::Number(number)) => {
                let seq = number.as_i64().filter(|seq| *seq > 0);
                parts.seq = Some(seq.ok_or_else(|| not_a_seq(EXTENSION_SEQ, &value.to_string()))?);
            }
            ("seq", _) => return Err(not_a_seq(EXTENSION_SEQ, &value.to_string())),
            ("generation", Value::String(text)) => parts.generation = Some(text.clone()),
            ("generation", _) => {
                let message = format!("{} is not a text", shortened(&value.to_string()));
                return Err(invalid("extensions.ledger.generation", message));
            }
            (other, _) => {
                let message = format!(
                    "`{}` is not known; send `seq` and, if wanted, `generation`",
                    shortened(other)
                );
                return Err(invalid(EXTENSION, message));
            }
        }
    }
    if parts.seq.is_none() && parts.generation.is_none() {
        return Err(invalid(
            EXTENSION,
            "has no `seq`; send `{ \"seq\": N }`, or leave it out for an answer of now".to_owned(),
        ));
    }
    Ok(parts)
}

/// Digits without a sign or leading zeros, so that one state has one address.
pub(crate) fn parse_seq(text: &str) -> Result<i64, InvalidPin> {
    let seq = text.parse().ok().filter(|seq: &i64| *seq > 0);
    seq.filter(|seq| seq.to_string() == text)
        .ok_or_else(|| not_a_seq("seq", &format!("`{text}`")))
}

fn merge<T: PartialEq + std::fmt::Display>(
    name: &'static str,
    url: Option<T>,
    extension: Option<T>,
) -> Result<Option<T>, InvalidPin> {
    match (url, extension) {
        (Some(url), Some(extension)) if url != extension => {
            let message = format!(
                "the URL has {}, `{EXTENSION}` has {}; send one of them",
                shortened(&url.to_string()),
                shortened(&extension.to_string())
            );
            Err(invalid(name, message))
        }
        (url, extension) => Ok(url.or(extension)),
    }
}

fn not_a_seq(field: &'static str, value: &str) -> InvalidPin {
    let message = format!(
        "{} is not the seq of a ledger entry; send a whole number from 1, for example that of `ledger.head.seq`",
        shortened(value)
    );
    invalid(field, message)
}

fn not_an_object(value: &Value) -> InvalidPin {
    let message = format!(
        "{} is not an object; send `{{ \"seq\": N }}`",
        shortened(&value.to_string())
    );
    invalid(EXTENSION, message)
}

fn invalid(field: &'static str, message: String) -> InvalidPin {
    InvalidPin { field, message }
}

fn shortened(value: &str) -> String {
    let mut value = value.to_owned();
    text::truncate(&mut value, MAX_ECHOED_BYTES);
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pin(query: &str, extensions: &serde_json::Value) -> Result<Option<PinRequest>, InvalidPin> {
        let uri = format!("/graphql?{query}").parse().unwrap();
        let url = UrlPin::from_uri(&uri).unwrap();
        let extensions = serde_json::from_value(extensions.clone()).unwrap();
        parse_pin(&url, &extensions)
    }

    #[test]
    fn a_seq_is_a_whole_number_from_1_in_one_spelling() {
        let pinned = |query: &str, extensions| pin(query, &extensions).unwrap();
        let expected = Some(PinRequest {
            seq: 7,
            generation: None,
        });
        assert_eq!(pinned("seq=7", json!({})), expected);
        assert_eq!(pinned("", json!({ "ledger": { "seq": 7 } })), expected);
        assert_eq!(pinned("seq=7", json!({ "ledger": { "seq": 7 } })), expected);
        assert_eq!(pinned("", json!({ "ledger": null })), None);
        for wrong in [
            "0",
            "-1",
            "07",
            "+7",
            "7.0",
            "7e0",
            "",
            "x",
            "%207",
            "9223372036854775808",
        ] {
            let error = pin(&format!("seq={wrong}"), &json!({})).unwrap_err();
            assert_eq!(error.field, "seq", "{wrong}");
        }
        for wrong in [
            json!(0),
            json!(-1),
            json!(7.0),
            json!("7"),
            json!(null),
            json!([7]),
        ] {
            let extensions = json!({ "ledger": { "seq": wrong } });
            let error = pin("", &extensions).unwrap_err();
            assert_eq!(error.field, EXTENSION_SEQ);
        }
    }

    #[test]
    fn a_pin_that_says_two_things_or_nothing_is_refused() {
        for (query, ledger) in [
            ("seq=7", json!({ "seq": 8 })),
            ("seq=7&generation=a", json!({ "seq": 7, "generation": "b" })),
            ("generation=a", json!(null)),
            ("", json!({})),
            ("", json!(7)),
            ("", json!({ "seq": 7, "at": "2025-01-01" })),
            ("", json!({ "seq": 7, "generation": 1 })),
        ] {
            let pin = pin(query, &json!({ "ledger": ledger }));
            assert!(pin.is_err(), "{query} {ledger}");
        }
    }
}
