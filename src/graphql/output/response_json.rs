//! Answers as JSON. Objects that were encoded while they were resolved (see [`super::direct_json`]) go in as they are, and
//! marks of the empty ([`crate::graphql::validation::empty_selection`]) do not.

use async_graphql::{Response, Value};
use serde::Serialize;

use super::markers::MARK;

/// A response as a client gets it (GraphQL, 7.1), data first.
pub fn response(response: &Response) -> Vec<u8> {
    let mut text = Vec::with_capacity(1024);
    text.extend_from_slice(br#"{"data":"#);
    value(&response.data, &mut text);
    if !response.extensions.is_empty() {
        text.extend_from_slice(br#","extensions":"#);
        plain(&response.extensions, &mut text);
    }
    if !response.errors.is_empty() {
        text.extend_from_slice(br#","errors":"#);
        plain(&response.errors, &mut text);
    }
    text.push(b'}');
    text
}

/// Adds a value.
pub fn value(of: &Value, text: &mut Vec<u8>) {
    match of {
        Value::Binary(encoded) => text.extend_from_slice(encoded),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(key, _)| *key != MARK);
            object(fields.map(|(key, value)| (key.as_str(), value)), text);
        }
        Value::List(items) => {
            let mut separator = b'[';
            for item in items {
                text.push(separator);
                separator = b',';
                value(item, text);
            }
            if separator == b'[' {
                text.push(b'[');
            }
            text.push(b']');
        }
        Value::Enum(name) => string(name, text),
        Value::String(content) => string(content, text),
        Value::Null => text.extend_from_slice(b"null"),
        Value::Boolean(true) => text.extend_from_slice(b"true"),
        Value::Boolean(false) => text.extend_from_slice(b"false"),
        Value::Number(number) => plain(number, text),
    }
}

/// Adds an object. Its keys are names of GraphQL, in which nothing needs to be escaped.
pub fn object<'f>(fields: impl IntoIterator<Item = (&'f str, &'f Value)>, text: &mut Vec<u8>) {
    text.push(b'{');
    for (place, (key, of)) in fields.into_iter().enumerate() {
        text.extend_from_slice(if place == 0 { b"\"" } else { b",\"" });
        text.extend_from_slice(key.as_bytes());
        text.extend_from_slice(b"\":");
        value(of, text);
    }
    text.push(b'}');
}

fn string(content: &str, text: &mut Vec<u8>) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if content.bytes().all(is_plain) {
        text.push(b'"');
        text.extend_from_slice(content.as_bytes());
        text.push(b'"');
    } else {
        plain(content, text);
    }
}

fn plain(content: &(impl Serialize + ?Sized), text: &mut Vec<u8>) {
    serde_json::to_writer(text, content).expect("what an answer is made of has a JSON form");
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, value as graphql};

    use super::*;

    #[test]
    fn an_answer_is_the_json_that_serde_makes_of_it() {
        let data = graphql!({
            "a": [1, 2.5, -3, true, false, null, "x \"y\" \\ \n é 🦀", [], [[]], {}],
            "b": { "c": {}, "d": [{ "e": null }] }
        });
        let marked = graphql!({ "a": { "__demarche": "A" } });
        assert_eq!(response(&Response::new(marked)), br#"{"data":{"a":{}}}"#);
        let mut answer = Response::new(data);
        assert_eq!(response(&answer), serde_json::to_vec(&answer).unwrap());
        answer.errors.push(ServerError::new("it \"failed\"", None));
        let cost = graphql!({ "total": 1 });
        answer.extensions.insert("cost".to_owned(), cost);
        let ours: serde_json::Value = serde_json::from_slice(&response(&answer)).unwrap();
        assert_eq!(ours, serde_json::to_value(&answer).unwrap());
    }

    #[test]
    fn what_is_encoded_already_goes_in_as_it_is() {
        let data = Value::List(vec![Value::Binary(r#"{"a":1}"#.into()), Value::Null]);
        let text = response(&Response::new(data));
        assert_eq!(text, br#"{"data":[{"a":1},null]}"#);
    }
}
