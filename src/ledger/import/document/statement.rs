//! Parser of one statement: from JSON to its types.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::{Errors, Evidence, Format, Statement, Subject};
use crate::model::statement::{Body, Claimant, DenialOf};
use crate::model::text;

const STATEMENT_KEYS: [&str; 10] = [
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

const NEEDS_FORMAT_2: &str = "needs format 2";

/// May be left out.
const FORMAT_2_KEYS: [&str; 2] = ["reason", "settlesDisputes"];

pub(super) fn parse(
    format: Format,
    path: String,
    value: &Value,
    errors: &mut Errors,
) -> Option<Statement> {
    let fields = Fields::open_with_optional(path, value, &STATEMENT_KEYS, &FORMAT_2_KEYS, errors)?;
    if format < Format::Two {
        fields.refuse(&FORMAT_2_KEYS, NEEDS_FORMAT_2, errors);
    }
    let [key, valid_from, summary] =
        ["key", "validFrom", "summary"].map(|key| fields.text(key, errors));
    let subject = parse_subject(&fields, errors);
    let claimant = parse_claimant(&fields, errors);
    let body = parse_body(format, &fields, errors);
    let evidence = parse_evidence_list(format, &fields, errors);
    let contradicts = parse_list(&fields, "contradicts", parse_contradicted, errors);
    let [corrects, note] = ["corrects", "note"].map(|key| fields.text_or_null(key, errors));
    let reason = fields.optional_text("reason", errors);
    let settles_disputes = fields.optional_bool("settlesDisputes", errors);
    let is_correction = corrects.as_ref().is_none_or(Option::is_some);
    if !is_correction {
        let message = "is for a statement that corrects another one";
        fields.refuse(&["settlesDisputes"], message, errors);
    }
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
        reason: reason?,
        keeps_disputes: format >= Format::Two && is_correction && !settles_disputes?,
    })
}

pub(super) fn parse_evidence_list(
    format: Format,
    fields: &Fields<'_>,
    errors: &mut Errors,
) -> Option<Vec<Evidence>> {
    let parse = |path: String, value: &Value, errors: &mut Errors| {
        parse_evidence(format, path, value, errors)
    };
    parse_list(fields, "evidence", parse, errors)
}

/// Parses a list completely or not at all: a statement must not lose a part of its evidence.
fn parse_list<T>(
    fields: &Fields<'_>,
    key: &str,
    parse: impl Fn(String, &Value, &mut Errors) -> Option<T>,
    errors: &mut Errors,
) -> Option<Vec<T>> {
    let path = fields.path(key);
    let values = fields.list(key, errors)?.iter().enumerate();
    let items: Vec<Option<T>> = values
        .map(|(index, value)| parse(format!("{path}[{index}]"), value, errors))
        .collect();
    items.into_iter().collect()
}

pub(super) fn parse_subject(fields: &Fields<'_>, errors: &mut Errors) -> Option<Subject> {
    let entry = fields.find("subject")?.as_object().and_then(single_entry);
    let subject = entry.and_then(|(kind, name)| {
        let name = name.as_str()?.to_owned();
        match kind {
            "relationship" => Some(Subject::Relationship(name)),
            "country" => Some(Subject::Country(name)),
            "initiative" => Some(Subject::Initiative(name)),
            _ => None,
        }
    });
    if subject.is_none() {
        let message =
            "must be an object with exactly one of the keys relationship, country and initiative";
        errors.add(fields.path("subject"), message);
    }
    subject
}

fn parse_claimant(fields: &Fields<'_>, errors: &mut Errors) -> Option<Claimant> {
    let (path, value) = (fields.path("claimant"), fields.find("claimant")?);
    let fields = Fields::open(path, value, &["kind", "label"], errors)?;
    let (kind, label) = (fields.one_of("kind", errors), fields.text("label", errors));
    Some(Claimant {
        kind: kind?,
        label: label?,
    })
}

/// Requires plain objects: serde would accept `["AGREED"]` as a body, and `{"AGREED": null}` as a stance.
fn parse_body(format: Format, fields: &Fields<'_>, errors: &mut Errors) -> Option<Body> {
    let (path, value) = (fields.path("body"), fields.find("body")?);
    let Some((kind, Value::Object(content))) = value.as_object().and_then(single_entry) else {
        errors.add(
            path,
            "must be an object whose only key is the kind, such as stance",
        );
        return None;
    };
    // An unknown kind may be any text; it is quoted in the message, not in the path.
    let path = if text::is_slug(kind) {
        format!("{path}.{kind}")
    } else {
        path
    };
    if let Some((field, _)) = content
        .iter()
        .find(|(name, value)| !is_plain_value(name, value))
    {
        errors.add(path, format!("`{field}` must not be a list or an object"));
        return None;
    }
    let body: Body = serde_json::from_value(value.clone())
        .map_err(|error| errors.add(path.as_str(), error.to_string()))
        .ok()?;
    let newer = match &body {
        Body::Stance(_) => content.contains_key("scope").then_some(".scope"),
        Body::Denial(body) => (body.of == DenialOf::Funding).then_some(".of"),
        Body::Return(_) => Some(""),
        Body::Agreement(_)
        | Body::Funding(_)
        | Body::Transfer(_)
        | Body::Legal(_)
        | Body::Concern(_)
        | Body::Pressure(_)
        | Body::Count(_) => None,
    };
    if let Some(newer) = newer.filter(|_| format < Format::Two) {
        errors.add(format!("{path}{newer}"), NEEDS_FORMAT_2);
    }
    Some(body)
}

/// Whether a field of a body has a plain value; a cap is the only nested object.
fn is_plain_value(name: &str, value: &Value) -> bool {
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

fn single_entry(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = map.iter();
    let (key, value) = entries.next()?;
    entries.next().is_none().then_some((key.as_str(), value))
}

fn parse_evidence(
    format: Format,
    path: String,
    value: &Value,
    errors: &mut Errors,
) -> Option<Evidence> {
    let keys = ["source", "relation", "quote", "locator"];
    let fields = Fields::open_with_optional(path, value, &keys, &["publishedOn"], errors)?;
    if format < Format::Two {
        fields.refuse(&["publishedOn"], NEEDS_FORMAT_2, errors);
    }
    let (source, relation) = (
        fields.text("source", errors),
        fields.one_of("relation", errors),
    );
    let [quote, locator] = ["quote", "locator"].map(|key| fields.text_or_null(key, errors));
    let published_on = fields.optional_text("publishedOn", errors);
    Some(Evidence {
        source: source?,
        relation: relation?,
        quote: quote?,
        locator: locator?,
        published_on: published_on?,
    })
}

fn parse_contradicted(path: String, value: &Value, errors: &mut Errors) -> Option<String> {
    let key = value.as_str();
    if key.is_none() {
        errors.add(path, "must be the key of a statement");
    }
    key.map(str::to_owned)
}
