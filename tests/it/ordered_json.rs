//! JSON as it was received: members keep their order and values their bytes, also when a patch is applied.

use std::fmt::{self, Display, Formatter};

use async_graphql::indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;

pub enum OrderedJson {
    /// The text of a string, a number, a boolean or null.
    Scalar(String),
    List(Vec<Self>),
    Object(IndexMap<String, Self>),
}

/// An operation of JSON Patch.
#[derive(Deserialize)]
pub struct PatchOperation {
    op: String,
    path: String,
    #[serde(default = "null")]
    value: Box<RawValue>,
}

/// What a response of a live query brings; `None` for what it does not have.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct LiveResponse {
    data: Option<Box<RawValue>>,
    extensions: LiveExtensions,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LiveExtensions {
    live: LiveNews,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LiveNews {
    patch: Option<Vec<PatchOperation>>,
}

impl LiveResponse {
    /// Replaces or changes the document that the client has.
    /// # Errors
    /// The operation that does not fit the document.
    pub fn apply(self, document: &mut Option<OrderedJson>) -> Result<(), String> {
        if let Some(data) = self.data {
            *document = Some(OrderedJson::parse(&data));
        }
        for operation in self.extensions.live.patch.unwrap_or_default() {
            let applied = document
                .as_mut()
                .and_then(|document| document.apply(&operation));
            applied.ok_or_else(|| format!("{} {} does not fit", operation.op, operation.path))?;
        }
        Ok(())
    }
}

impl OrderedJson {
    pub fn parse(text: &RawValue) -> Self {
        let inner = text.get();
        let parts = "the text is JSON";
        match inner.as_bytes() {
            [b'[', ..] => {
                let items: Vec<&RawValue> = serde_json::from_str(inner).expect(parts);
                Self::List(items.into_iter().map(Self::parse).collect())
            }
            [b'{', ..] => {
                let members: IndexMap<String, &RawValue> =
                    serde_json::from_str(inner).expect(parts);
                let parsed = |(name, value)| (name, Self::parse(value));
                Self::Object(members.into_iter().map(parsed).collect())
            }
            _ => Self::Scalar(inner.to_owned()),
        }
    }

    /// Members of objects are replaced only, so that their order is certain. `None` if the operation does not fit.
    fn apply(&mut self, operation: &PatchOperation) -> Option<()> {
        let (parent, last) = operation.path.rsplit_once('/')?;
        let mut place = self;
        for name in parent.split('/').skip(1) {
            place = place.part(name)?;
        }
        let value = Self::parse(&operation.value);
        match (operation.op.as_str(), place) {
            ("add", Self::List(items)) => {
                let index: usize = last.parse().ok()?;
                (index <= items.len()).then(|| items.insert(index, value))
            }
            ("remove", Self::List(items)) => {
                let index: usize = last.parse().ok()?;
                (index < items.len()).then(|| drop(items.remove(index)))
            }
            ("replace", place) => {
                *place.part(last)? = value;
                Some(())
            }
            _ => None,
        }
    }

    /// By a part of a JSON Pointer.
    fn part(&mut self, name: &str) -> Option<&mut Self> {
        match self {
            Self::Scalar(_) => None,
            Self::List(items) => items.get_mut(name.parse::<usize>().ok()?),
            Self::Object(members) => members.get_mut(&name.replace("~1", "/").replace("~0", "~")),
        }
    }
}

/// The text as the server writes it, without white space.
impl Display for OrderedJson {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(text) => formatter.write_str(text),
            Self::List(items) => {
                formatter.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    write!(formatter, "{}{item}", if at > 0 { "," } else { "" })?;
                }
                formatter.write_str("]")
            }
            Self::Object(members) => {
                formatter.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(formatter, "{comma}\"{name}\":{value}")?;
                }
                formatter.write_str("}")
            }
        }
    }
}

fn null() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}
