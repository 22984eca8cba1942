//! From JSON to the types of a document: fields, types and closed sets. Statements have a file of their own; what the
//! values may be is in `rules`.

use serde_json::Value;

use super::fields::Fields;
use super::{Faults, Initiative, Source, Statement, statement};
use crate::model::text;

/// What could be read. Items come with their path, and those that could not be read are left out.
pub(super) struct Draft {
    pub(super) initiative: Option<Initiative>,
    pub(super) sources: Vec<(String, Source)>,
    pub(super) statements: Vec<(String, Statement)>,
}

pub(super) fn read(value: &Value, faults: &mut Faults) -> Draft {
    let mut draft = Draft {
        initiative: None,
        sources: Vec::new(),
        statements: Vec::new(),
    };
    let Value::Object(_) = value else {
        faults.add("document", "must be an object");
        return draft;
    };
    let wanted = ["format", "initiative", "sources", "statements"];
    let Some(fields) = Fields::open(String::new(), value, &wanted, faults) else {
        return draft;
    };
    if fields
        .find("format")
        .is_some_and(|format| format.as_u64() != Some(1))
    {
        faults.add("format", "must be 1, the only format there is");
    }
    draft.initiative = fields
        .find("initiative")
        .and_then(|value| initiative(value, faults));
    draft.sources = items(&fields, "sources", source, faults);
    draft.statements = items(&fields, "statements", statement::read, faults);
    draft
}

/// Every item is read, also after one that could not be.
fn items<T>(
    fields: &Fields<'_>,
    key: &str,
    read: fn(String, &Value, &mut Faults) -> Option<T>,
    faults: &mut Faults,
) -> Vec<(String, T)> {
    let list = fields.list(key, faults).map_or(&[][..], Vec::as_slice);
    list.iter()
        .enumerate()
        .filter_map(|(at, value)| {
            let path = item_path(key, at, value.get("key").and_then(Value::as_str));
            Some((path.clone(), read(path, value, faults)?))
        })
        .collect()
}

/// `statements[12] (its-key)`; a key that is none is not shown, it may be anything.
pub(super) fn item_path(list: &str, at: usize, key: Option<&str>) -> String {
    match key.filter(|key| text::is_slug(key)) {
        Some(key) => format!("{list}[{at}] ({key})"),
        None => format!("{list}[{at}]"),
    }
}

fn initiative(value: &Value, faults: &mut Faults) -> Option<Initiative> {
    let wanted = ["slug", "title", "requestingState", "startedOn", "summary"];
    let fields = Fields::open("initiative".to_owned(), value, &wanted, faults)?;
    let [slug, title, requesting_state, started_on, summary] =
        wanted.map(|key| fields.text(key, faults));
    Some(Initiative {
        slug: slug?,
        title: title?,
        requesting_state: requesting_state?,
        started_on: started_on?,
        summary: summary?,
    })
}

const SOURCE: [&str; 8] = [
    "key",
    "kind",
    "publisher",
    "title",
    "url",
    "publishedOn",
    "language",
    "derivedFrom",
];

fn source(path: String, value: &Value, faults: &mut Faults) -> Option<Source> {
    let fields = Fields::open(path, value, &SOURCE, faults)?;
    let kind = fields.one_of("kind", faults);
    let [key, publisher, title, language] =
        ["key", "publisher", "title", "language"].map(|key| fields.text(key, faults));
    let [url, published_on, derived_from] =
        ["url", "publishedOn", "derivedFrom"].map(|key| fields.text_or_null(key, faults));
    Some(Source {
        key: key?,
        kind: kind?,
        publisher: publisher?,
        title: title?,
        url: url?,
        published_on: published_on?,
        language: language?,
        derived_from: derived_from?,
    })
}
