//! Fields of one object of a document: reports missing keys, unknown keys and wrong types.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Errors;
use crate::model::text;

/// An object with the expected keys, some of which may be missing. [`Fields::open`] reports missing and unknown keys; reading
/// a field reports a wrong type.
pub(super) struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// `None` if the value is not an object.
    pub(super) fn open(
        path: String,
        value: &'a Value,
        expected_keys: &[&str],
        errors: &mut Errors,
    ) -> Option<Self> {
        Self::open_with_optional(path, value, expected_keys, &[], errors)
    }

    /// As [`Fields::open`], with keys that may be missing.
    pub(super) fn open_with_optional(
        path: String,
        value: &'a Value,
        expected_keys: &[&str],
        optional_keys: &[&str],
        errors: &mut Errors,
    ) -> Option<Self> {
        let Value::Object(map) = value else {
            errors.add(path, "must be an object");
            return None;
        };
        for key in expected_keys.iter().filter(|key| !map.contains_key(**key)) {
            errors.add(
                join(&path, key),
                "is missing; use null for an unknown value",
            );
        }
        for key in map
            .keys()
            .filter(|key| !expected_keys.contains(&key.as_str()))
            .filter(|key| !optional_keys.contains(&key.as_str()))
        {
            let path = if path.is_empty() { "document" } else { &path };
            errors.add(path, format!("unknown key `{key}`"));
        }
        Some(Self { path, map })
    }

    pub(super) fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// `None` if the key is missing, which [`Fields::open`] has reported.
    pub(super) fn find(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    pub(super) fn text(&self, key: &str, errors: &mut Errors) -> Option<String> {
        let text = self.find(key)?.as_str();
        if text.is_none() {
            errors.add(self.path(key), "must be a string");
        }
        text.map(str::to_owned)
    }

    /// A string or null; the outer `None` is an error.
    #[expect(clippy::option_option, reason = "null is a value, an error is not")]
    pub(super) fn text_or_null(&self, key: &str, errors: &mut Errors) -> Option<Option<String>> {
        match self.find(key)? {
            Value::Null => Some(None),
            Value::String(text) => Some(Some(text.clone())),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                errors.add(self.path(key), "must be a string or null");
                None
            }
        }
    }

    /// As [`Fields::text_or_null`], of a key that may be missing, as if it were null.
    #[expect(clippy::option_option, reason = "null is a value, an error is not")]
    pub(super) fn optional_text(&self, key: &str, errors: &mut Errors) -> Option<Option<String>> {
        match self.find(key) {
            Some(_) => self.text_or_null(key, errors),
            None => Some(None),
        }
    }

    /// Of a key that may be missing, as if it were false.
    pub(super) fn optional_bool(&self, key: &str, errors: &mut Errors) -> Option<bool> {
        match self.find(key) {
            Some(Value::Bool(value)) => Some(*value),
            None => Some(false),
            Some(_) => {
                errors.add(self.path(key), "must be true or false");
                None
            }
        }
    }

    /// Reports keys that are there.
    pub(super) fn refuse(&self, keys: &[&str], message: &str, errors: &mut Errors) {
        for key in keys.iter().filter(|key| self.map.contains_key(**key)) {
            errors.add(self.path(key), message);
        }
    }

    /// An enumeration value. Only a string is accepted: serde would accept `{"NEWS": null}` for `"NEWS"`.
    pub(super) fn one_of<T: DeserializeOwned>(&self, key: &str, errors: &mut Errors) -> Option<T> {
        let text = self.text(key, errors)?;
        serde_json::from_value(Value::String(text))
            .map_err(|error| errors.add(self.path(key), error.to_string()))
            .ok()
    }

    pub(super) fn list(&self, key: &str, errors: &mut Errors) -> Option<&'a Vec<Value>> {
        let list = self.find(key)?.as_array();
        if list.is_none() {
            errors.add(self.path(key), "must be a list");
        }
        list
    }
}

/// `statements[12] (its-key)`; an invalid key is left out, because it may be any text.
pub(super) fn item_path(list: &str, index: usize, key: Option<&str>) -> String {
    match key.filter(|key| text::is_slug(key)) {
        Some(key) => format!("{list}[{index}] ({key})"),
        None => format!("{list}[{index}]"),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
