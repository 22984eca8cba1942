//! The fields of one object of a document: each is there, none is unknown, and each has its type.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Faults;

/// An object with exactly the wanted keys, some of which may turn out to be missing. Missing and unknown keys are
/// reported when it is opened; a wrong type when the field is read.
pub(super) struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// Nothing if it is no object at all.
    pub(super) fn open(
        path: String,
        value: &'a Value,
        wanted: &[&str],
        faults: &mut Faults,
    ) -> Option<Self> {
        let Value::Object(map) = value else {
            faults.add(path, "must be an object");
            return None;
        };
        for key in wanted.iter().filter(|key| !map.contains_key(**key)) {
            faults.add(join(&path, key), "is missing; write null for what is open");
        }
        for key in map.keys().filter(|key| !wanted.contains(&key.as_str())) {
            let path = if path.is_empty() { "document" } else { &path };
            faults.add(path, format!("unknown key `{key}`"));
        }
        Some(Self { path, map })
    }

    pub(super) fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// Nothing if the key is missing, which [`Fields::open`] has reported.
    pub(super) fn find(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    pub(super) fn text(&self, key: &str, faults: &mut Faults) -> Option<String> {
        let text = self.find(key)?.as_str();
        if text.is_none() {
            faults.add(self.path(key), "must be a text");
        }
        text.map(str::to_owned)
    }

    /// A text or null; the outer `None` is a fault.
    #[expect(clippy::option_option, reason = "null is a value, a fault is none")]
    pub(super) fn text_or_null(&self, key: &str, faults: &mut Faults) -> Option<Option<String>> {
        match self.find(key)? {
            Value::Null => Some(None),
            Value::String(text) => Some(Some(text.clone())),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                faults.add(self.path(key), "must be a text or null");
                None
            }
        }
    }

    /// One of a closed set. Only its text form: serde would take `{"NEWS": null}` for `"NEWS"`.
    pub(super) fn one_of<T: DeserializeOwned>(&self, key: &str, faults: &mut Faults) -> Option<T> {
        let text = self.text(key, faults)?;
        serde_json::from_value(Value::String(text))
            .map_err(|error| faults.add(self.path(key), error.to_string()))
            .ok()
    }

    pub(super) fn list(&self, key: &str, faults: &mut Faults) -> Option<&'a Vec<Value>> {
        let list = self.find(key)?.as_array();
        if list.is_none() {
            faults.add(self.path(key), "must be a list");
        }
        list
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
