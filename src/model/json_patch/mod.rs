//! JSON Patch (RFC 6902) from one answer of a query to the next.
//!
//! Values are compared as the texts that they were written as, so a patch contains exactly the bytes of the new answer, and what
//! did not change is not parsed. Invariants, because appliers differ: the only operations are `add`, `remove` and `replace`,
//! never of the root; an object whose fields or their order changed is replaced as a whole, so the order of fields stays; no
//! path contains a name that appliers refuse.

mod list;

use std::borrow::Cow;
use std::fmt::Write;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Names that appliers for JavaScript refuse in a path, because they lead to the prototype of all objects.
const REFUSED_NAMES: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// The patch that makes `to` of `from`, two objects as JSON; `[]` if they are the same text. `None` if there is no patch that
/// is shorter than `to`.
pub fn between(from: &str, to: &str) -> Option<String> {
    let (old, new): (&RawValue, &RawValue) = (parse(from)?, parse(to)?);
    let mut patch = Patch::default();
    if old.get() != new.get() {
        patch.compare_parts(old, new)?;
    }
    let text = format!("[{}]", patch.operations);
    (text.len() < to.len()).then_some(text)
}

/// Operations so far, and the place that is compared.
#[derive(Default)]
struct Patch {
    /// JSON, separated by commas.
    operations: String,
    /// JSON Pointer (RFC 6901).
    path: String,
}

impl Patch {
    /// Adds the operations that make `to` of `from`: those of its parts, or one that replaces it, if that is shorter.
    fn compare(&mut self, from: &RawValue, to: &RawValue) {
        if from.get() == to.get() {
            return;
        }
        let start = self.operations.len();
        let are_parts_compared = self.compare_parts(from, to).is_some();
        let parts = self.operations.split_off(start);
        self.write("replace", Some(to));
        let is_longer = self.operations.len() - start > parts.len();
        if are_parts_compared && is_longer {
            self.operations.truncate(start);
            self.operations.push_str(&parts);
        }
    }

    /// `None` if the values have no parts in common.
    fn compare_parts(&mut self, from: &RawValue, to: &RawValue) -> Option<()> {
        match (from.get().as_bytes(), to.get().as_bytes()) {
            ([b'{', ..], [b'{', ..]) => {
                self.compare_objects(&parse(from.get())?, &parse(to.get())?)
            }
            ([b'[', ..], [b'[', ..]) => {
                self.compare_lists(&parse::<Vec<_>>(from.get())?, &parse::<Vec<_>>(to.get())?);
                Some(())
            }
            _ => None,
        }
    }

    fn compare_objects(&mut self, from: &Object<'_>, to: &Object<'_>) -> Option<()> {
        let is_possible = |name: &str| !REFUSED_NAMES.contains(&name);
        let has_same_fields = from.0.len() == to.0.len()
            && from.names().eq(to.names())
            && to.names().all(is_possible);
        for ((name, old), (_, new)) in from.0.iter().zip(&to.0).filter(|_| has_same_fields) {
            self.inside(&escaped(name), |patch| patch.compare(old, new));
        }
        has_same_fields.then_some(())
    }

    /// Runs with the path of a part.
    fn inside(&mut self, part: &str, run: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(part);
        run(self);
        self.path.truncate(length);
    }

    fn write(&mut self, operation: &str, value: Option<&RawValue>) {
        if self.operations.ends_with('}') {
            self.operations.push(',');
        }
        let path = serde_json::Value::from(self.path.as_str());
        // Writing into a string does not fail.
        let _ = write!(self.operations, r#"{{"op":"{operation}","path":{path}"#);
        if let Some(value) = value {
            let _ = write!(self.operations, r#","value":{value}"#);
        }
        self.operations.push('}');
    }
}

/// The fields of an object, in their order.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Object<'_> {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry::<Name<'de>, &'de RawValue>()? {
            fields.push((field.0.0, field.1));
        }
        Ok(Object(fields))
    }
}

/// Borrowed unless it contains escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// A name as a part of a JSON Pointer.
fn escaped(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests;
