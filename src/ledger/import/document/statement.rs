//! From the JSON of one statement to its types, as `shape` does for the rest of a document.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::{Evidence, Faults, Statement, Subject};
use crate::model::statement::{Body, Claimant};
use crate::model::text;

const STATEMENT: [&str; 10] = [
    "key",
    "subject",
    "claimant",
    "validFrom",
    "summary",
    "body",
    "evidence",
    "contradicts",
    "corrects",
    "note",
];

pub(super) fn read(path: String, value: &Value, faults: &mut Faults) -> Option<Statement> {
    let fields = Fields::open(path, value, &STATEMENT, faults)?;
    let [key, valid_from, summary] =
        ["key", "validFrom", "summary"].map(|key| fields.text(key, faults));
    let subject = subject(&fields, faults);
    let claimant = claimant(&fields, faults);
    let body = body(&fields, faults);
    let evidence = list(&fields, "evidence", evidence, faults);
    let contradicts = list(&fields, "contradicts", contradicted, faults);
    let [corrects, note] = ["corrects", "note"].map(|key| fields.text_or_null(key, faults));
    Some(Statement {
        key: key?,
        subject: subject?,
        claimant: claimant?,
        valid_from: valid_from?,
        summary: summary?,
        body: body?,
        evidence: evidence?,
        contradicts: contradicts?,
        corrects: corrects?,
        note: note?,
    })
}

/// All of a list or nothing; a statement is not read with half of its evidence.
fn list<T>(
    fields: &Fields<'_>,
    key: &str,
    read: fn(String, &Value, &mut Faults) -> Option<T>,
    faults: &mut Faults,
) -> Option<Vec<T>> {
    let path = fields.path(key);
    let values = fields.list(key, faults)?.iter().enumerate();
    let items: Vec<Option<T>> = values
        .map(|(at, value)| read(format!("{path}[{at}]"), value, faults))
        .collect();
    items.into_iter().collect()
}

fn subject(fields: &Fields<'_>, faults: &mut Faults) -> Option<Subject> {
    let one = fields.find("subject")?.as_object().and_then(only);
    let subject = one.and_then(|(kind, name)| {
        let name = name.as_str()?.to_owned();
        match kind {
            "relationship" => Some(Subject::Relationship(name)),
            "country" => Some(Subject::Country(name)),
            "initiative" => Some(Subject::Initiative(name)),
            _ => None,
        }
    });
    if subject.is_none() {
        let message = "must be an object with one of relationship, country and initiative";
        faults.add(fields.path("subject"), message);
    }
    subject
}

fn claimant(fields: &Fields<'_>, faults: &mut Faults) -> Option<Claimant> {
    let (path, value) = (fields.path("claimant"), fields.find("claimant")?);
    let fields = Fields::open(path, value, &["kind", "label"], faults)?;
    let (kind, label) = (fields.one_of("kind", faults), fields.text("label", faults));
    Some(Claimant {
        kind: kind?,
        label: label?,
    })
}

/// Objects all the way down: serde would take `["AGREED"]` for a body, and `{"AGREED": null}` for a stance.
fn body(fields: &Fields<'_>, faults: &mut Faults) -> Option<Body> {
    let (path, value) = (fields.path("body"), fields.find("body")?);
    let Some((kind, Value::Object(content))) = value.as_object().and_then(only) else {
        faults.add(path, "must be an object with the kind as its only key");
        return None;
    };
    // A kind that is unknown may be any text, and is named by the message.
    let path = if text::is_slug(kind) {
        format!("{path}.{kind}")
    } else {
        path
    };
    if let Some((field, _)) = content.iter().find(|(name, value)| !is_plain(name, value)) {
        faults.add(path, format!("`{field}` cannot be a list or an object"));
        return None;
    }
    serde_json::from_value(value.clone())
        .map_err(|error| faults.add(path, error.to_string()))
        .ok()
}

/// A cap is the only part of a body that has parts itself.
fn is_plain(name: &str, value: &Value) -> bool {
    match value {
        Value::Array(_) => false,
        Value::Object(cap) => {
            name == "cap"
                && cap
                    .values()
                    .all(|part| !part.is_array() && !part.is_object())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn only(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = map.iter();
    let (key, value) = entries.next()?;
    entries.next().is_none().then_some((key.as_str(), value))
}

fn evidence(path: String, value: &Value, faults: &mut Faults) -> Option<Evidence> {
    let wanted = ["source", "relation", "quote", "locator"];
    let fields = Fields::open(path, value, &wanted, faults)?;
    let (source, relation) = (
        fields.text("source", faults),
        fields.one_of("relation", faults),
    );
    let [quote, locator] = ["quote", "locator"].map(|key| fields.text_or_null(key, faults));
    Some(Evidence {
        source: source?,
        relation: relation?,
        quote: quote?,
        locator: locator?,
    })
}

fn contradicted(path: String, value: &Value, faults: &mut Faults) -> Option<String> {
    let key = value.as_str();
    if key.is_none() {
        faults.add(path, "must be the key of a statement");
    }
    key.map(str::to_owned)
}
