//! Facts that only statements of one kind have: their names on the page, and their values in words.

use serde_json::{Map, Value};

use crate::http::pages::{elements::lower_case, escape};
use crate::model::edtf::words::{Months, in_words};

/// Fields of the query and their names on the page, in their order.
const NAMES: [(&str, &str); 27] = [
    ("instrument", "Instrument"),
    ("binding", "Binding"),
    ("textStatus", "Text of the agreement"),
    ("signedOn", "Signed"),
    ("inForceOn", "In force"),
    ("cap", "At most"),
    ("scope", "Scope"),
    ("amount", "Amount"),
    ("currency", "Currency"),
    ("purpose", "Purpose"),
    ("personsMin", "Persons, at least"),
    ("personsMax", "Persons, at most"),
    ("destination", "Sent to"),
    ("details", "Details"),
    ("jurisdiction", "Jurisdiction"),
    ("court", "Court"),
    ("caseName", "Case"),
    ("docket", "Docket"),
    ("status", "Status of the case"),
    ("category", "Concern"),
    ("means", "Means"),
    ("of", "Denies"),
    ("detail", "Details"),
    ("metric", "Counts"),
    ("comparator", "Comparison"),
    ("lowDecimal", "Number"),
    ("highDecimal", "To"),
];

/// Names and values (HTML) of the facts that the statement has.
pub(super) fn facts(details: &Map<String, Value>) -> String {
    let facts = NAMES.iter().filter_map(|(key, name)| {
        let value = value_in_words(key, details.get(*key)?)?;
        Some(format!("<dt>{name}</dt><dd>{value}</dd>\n"))
    });
    facts.collect()
}

fn value_in_words(key: &str, value: &Value) -> Option<String> {
    match (key, value) {
        (_, Value::Null) => None,
        ("signedOn" | "inForceOn", Value::String(edtf)) => {
            Some(escape(&in_words(Some(edtf), Months::Long)))
        }
        ("cap", cap) => {
            let (persons, per) = (&cap["persons"], cap["per"].as_str()?);
            let per = match per {
                "TOTAL" => "in total".to_owned(),
                per => format!("a {}", lower_case(per)),
            };
            Some(format!("{persons} persons {per}"))
        }
        ("jurisdiction" | "destination", country) => {
            let (code, name) = (country["code"].as_str()?, country["name"].as_str()?);
            let (code, name) = (escape(code), escape(name));
            Some(format!("<a href=\"/countries/{code}\">{name}</a>"))
        }
        ("amount" | "currency" | "lowDecimal" | "highDecimal", Value::String(text)) => {
            Some(escape(text))
        }
        (
            "scope" | "purpose" | "details" | "detail" | "court" | "caseName" | "docket",
            Value::String(text),
        ) => Some(format!("<bdi>{}</bdi>", escape(text))),
        (_, Value::String(code)) => Some(lower_case(code)),
        (_, Value::Number(number)) => Some(number.to_string()),
        (_, Value::Bool(_) | Value::Array(_) | Value::Object(_)) => None,
    }
}
