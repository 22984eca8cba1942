//! Response encoding: writes a response and its values as JSON.
//!
//! Values that were encoded during execution (see [`super::direct_json`]) are copied as they are. Placeholders
//! ([`crate::graphql::validation::empty_selection`]) are left out.

use async_graphql::{Response, Value};
use serde::Serialize;

use super::markers::PLACEHOLDER;

/// The body of a response (GraphQL, 7.1), with `data` first.
pub fn encode_response(response: &Response) -> Vec<u8> {
    let mut text = Vec::with_capacity(1024);
    text.extend_from_slice(br#"{"data":"#);
    write_value(&response.data, &mut text);
    if !response.extensions.is_empty() {
        text.extend_from_slice(br#","extensions":"#);
        write_serialized(&response.extensions, &mut text);
    }
    if !response.errors.is_empty() {
        text.extend_from_slice(br#","errors":"#);
        write_serialized(&response.errors, &mut text);
    }
    text.push(b'}');
    text
}

/// Appends a value.
pub fn write_value(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Binary(encoded) => text.extend_from_slice(encoded),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(key, _)| *key != PLACEHOLDER);
            write_object(fields.map(|(key, value)| (key.as_str(), value)), text);
        }
        Value::List(items) => {
            let mut separator = b'[';
            for item in items {
                text.push(separator);
                separator = b',';
                write_value(item, text);
            }
            if separator == b'[' {
                text.push(b'[');
            }
            text.push(b']');
        }
        Value::Enum(name) => write_string(name, text),
        Value::String(content) => write_string(content, text),
        Value::Null => text.extend_from_slice(b"null"),
        Value::Boolean(true) => text.extend_from_slice(b"true"),
        Value::Boolean(false) => text.extend_from_slice(b"false"),
        Value::Number(number) => write_serialized(number, text),
    }
}

/// Appends an object. Its keys are GraphQL names, which need no escaping.
fn write_object<'f>(fields: impl IntoIterator<Item = (&'f str, &'f Value)>, text: &mut Vec<u8>) {
    text.push(b'{');
    for (index, (key, value)) in fields.into_iter().enumerate() {
        write_key(key, index, text);
        write_value(value, text);
    }
    text.push(b'}');
}

/// Appends the key of the field at an index of an object.
pub fn write_key(key: &str, index: usize, text: &mut Vec<u8>) {
    text.extend_from_slice(if index == 0 { b"\"" } else { b",\"" });
    text.extend_from_slice(key.as_bytes());
    text.extend_from_slice(b"\":");
}

/// Appends a text.
pub fn write_string(content: &str, text: &mut Vec<u8>) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if content.bytes().all(is_plain) {
        text.push(b'"');
        text.extend_from_slice(content.as_bytes());
        text.push(b'"');
    } else {
        write_serialized(content, text);
    }
}

fn write_serialized(content: &(impl Serialize + ?Sized), text: &mut Vec<u8>) {
    serde_json::to_writer(text, content).expect("every part of a response has a JSON form");
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, value};

    use super::*;

    #[test]
    fn a_response_is_encoded_as_serde_would() {
        let data = value!({
            "a": [1, 2.5, -3, true, false, null, "x \"y\" \\ \n é 🦀", [], [[]], {}],
            "b": { "c": {}, "d": [{ "e": null }] }
        });
        let with_placeholder = value!({ "a": { "__demarche": "A" } });
        assert_eq!(
            encode_response(&Response::new(with_placeholder)),
            br#"{"data":{"a":{}}}"#
        );
        let mut response = Response::new(data);
        assert_eq!(
            encode_response(&response),
            serde_json::to_vec(&response).unwrap()
        );
        response
            .errors
            .push(ServerError::new("it \"failed\"", None));
        let cost = value!({ "total": 1 });
        response.extensions.insert("cost".to_owned(), cost);
        let decoded: serde_json::Value =
            serde_json::from_slice(&encode_response(&response)).unwrap();
        assert_eq!(decoded, serde_json::to_value(&response).unwrap());
    }

    #[test]
    fn encoded_values_are_copied_as_they_are() {
        let data = Value::List(vec![Value::Binary(r#"{"a":1}"#.into()), Value::Null]);
        let text = encode_response(&Response::new(data));
        assert_eq!(text, br#"{"data":[{"a":1},null]}"#);
    }
}
