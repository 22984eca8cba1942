//! Parser: from JSON to the types of a document, with checks of fields, types and enumerations. `statement` parses statements;
//! `values` checks the values.

use serde_json::Value;

use super::fields::{Fields, item_path};
use super::later::{self, AddedEvidence, Retraction, Review};
use super::source_corrections::{self, SourceCorrection};
use super::{Errors, Format, Initiative, Source, Statement, source, statement};

/// The parsed items with their paths; items that could not be parsed are left out.
pub(super) struct Draft {
    pub(super) initiative: Option<Initiative>,
    pub(super) sources: Vec<(String, Source)>,
    pub(super) statements: Vec<(String, Statement)>,
    pub(super) added_evidence: Vec<(String, AddedEvidence)>,
    pub(super) retractions: Vec<(String, Retraction)>,
    pub(super) source_corrections: Vec<(String, SourceCorrection)>,
    pub(super) reviews: Vec<(String, Review)>,
    pub(super) edition: Option<String>,
}

/// May be left out.
const FORMAT_2_KEYS: [&str; 5] = [
    "addedEvidence",
    "retractions",
    "sourceCorrections",
    "reviews",
    "edition",
];

pub(super) fn parse_draft(value: &Value, errors: &mut Errors) -> Draft {
    let mut draft = Draft {
        initiative: None,
        sources: Vec::new(),
        statements: Vec::new(),
        added_evidence: Vec::new(),
        retractions: Vec::new(),
        source_corrections: Vec::new(),
        reviews: Vec::new(),
        edition: None,
    };
    let Value::Object(_) = value else {
        errors.add("document", "must be an object");
        return draft;
    };
    let keys = ["format", "initiative", "sources", "statements"];
    // For editors; it says nothing about the content.
    let optional = [&["$schema"], &FORMAT_2_KEYS[..]].concat();
    let fields = Fields::open_with_optional(String::new(), value, &keys, &optional, errors);
    let Some(fields) = fields else {
        return draft;
    };
    fields.text("$schema", errors);
    let format = parse_format(&fields, errors);
    if format < Format::Two {
        fields.refuse(&FORMAT_2_KEYS, "needs format 2", errors);
    }
    draft.initiative = fields
        .find("initiative")
        .and_then(|value| parse_initiative(value, errors));
    draft.sources = parse_items(&fields, "sources", source::parse, errors);
    let parse_statement = |path: String, value: &Value, errors: &mut Errors| {
        statement::parse(format, path, value, errors)
    };
    draft.statements = parse_items(&fields, "statements", parse_statement, errors);
    draft.added_evidence = parse_items(&fields, "addedEvidence", later::parse_addition, errors);
    draft.retractions = parse_items(&fields, "retractions", later::parse_retraction, errors);
    let parse_correction = source_corrections::parse;
    draft.source_corrections = parse_items(&fields, "sourceCorrections", parse_correction, errors);
    draft.reviews = parse_items(&fields, "reviews", later::parse_review, errors);
    draft.edition = fields.text("edition", errors);
    draft
}

/// Without a valid one, the newest: its keys are in no case a fault then.
fn parse_format(fields: &Fields<'_>, errors: &mut Errors) -> Format {
    match fields.find("format").map(Value::as_u64) {
        Some(Some(1)) => Format::One,
        Some(Some(2)) | None => Format::Two,
        Some(_) => {
            errors.add("format", "must be 1 or 2");
            Format::Two
        }
    }
}

/// Parses every item, also after one that could not be parsed.
fn parse_items<T>(
    fields: &Fields<'_>,
    key: &str,
    parse: impl Fn(String, &Value, &mut Errors) -> Option<T>,
    errors: &mut Errors,
) -> Vec<(String, T)> {
    let list = fields.list(key, errors).map_or(&[][..], Vec::as_slice);
    list.iter()
        .enumerate()
        .filter_map(|(index, value)| {
            let path = item_path(key, index, value.get("key").and_then(Value::as_str));
            Some((path.clone(), parse(path, value, errors)?))
        })
        .collect()
}

fn parse_initiative(value: &Value, errors: &mut Errors) -> Option<Initiative> {
    let keys = ["slug", "title", "requestingState", "startedOn", "summary"];
    let fields = Fields::open("initiative".to_owned(), value, &keys, errors)?;
    let [slug, title, requesting_state, started_on, summary] =
        keys.map(|key| fields.text(key, errors));
    Some(Initiative {
        slug: slug?,
        title: title?,
        requesting_state: requesting_state?,
        started_on: started_on?,
        summary: summary?,
    })
}
