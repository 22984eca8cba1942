//! A small valid document, and one mutation of it per rule.

mod formats;
mod items;
mod schema;
mod statement;

use serde_json::{Value, json};

use super::{Document, DocumentError, Subject, parse};

const BUNDLED: &str = include_str!("../../../../../data/us-third-country-removals.json");

fn stance(key: &str, day: &str) -> Value {
    json!({
        "key": key, "subject": { "relationship": "RW" }, "validFrom": day, "summary": "Rwanda agrees.",
        "claimant": { "kind": "PRESS", "label": "a newspaper" }, "body": { "stance": { "stance": "AGREED" } },
        "evidence": [{ "source": "copy", "relation": "SUPPORTS", "quote": null, "locator": null }],
        "contradicts": [], "corrects": null, "note": null
    })
}

fn source(key: &str, published_on: &str) -> Value {
    json!({
        "key": key, "kind": "NEWS", "publisher": "A paper", "title": "A title", "url": "https://example.org/a",
        "publishedOn": published_on, "language": "en", "derivedFrom": null
    })
}

/// Sources `copy` (of `original`, without a URL) and `later`; statements `first`, `second` and `third`.
fn valid() -> Value {
    let [mut copy, mut original] = ["copy", "original"].map(|key| source(key, "2025-06-03"));
    copy["derivedFrom"] = json!("original");
    original["url"] = json!(null);
    let [first, mut second, mut third] =
        ["first", "second", "third"].map(|key| stance(key, "2025-06"));
    second["contradicts"] = json!(["first"]);
    third["evidence"][0]["source"] = json!("later");
    third["corrects"] = json!("first");
    json!({
        "format": 1,
        "initiative": {
            "slug": "a-request", "title": "A request", "requestingState": "US", "startedOn": "2025-01-20",
            "summary": "A request."
        },
        "sources": [copy, original, source("later", "2025-07")],
        "statements": [first, second, third]
    })
}

#[track_caller]
fn errors_of(document: &Value) -> Vec<DocumentError> {
    parse(&document.to_string()).unwrap_err()
}

/// The valid document with `value` at a JSON pointer; a missing field is added.
#[track_caller]
fn with(pointer: &str, value: Value) -> Value {
    let mut document = valid();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        other => other[key] = value,
    }
    document
}

/// Asserts that the errors have these paths and no others: consequences of an error are not reported.
#[track_caller]
fn check(pointer: &str, value: Value, paths: &[&str]) {
    let errors = errors_of(&with(pointer, value));
    let error_paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(error_paths, paths, "{pointer}: {errors:?}");
}

fn bundled() -> Document {
    parse(BUNDLED).unwrap()
}

#[test]
fn the_bundled_file_is_valid_and_unchanged_by_parsing() {
    let document = bundled();
    assert_eq!(
        (document.statements.len(), document.sources.len()),
        (363, 312)
    );
    let file: Value = serde_json::from_str(BUNDLED).unwrap();
    let document = serde_json::to_value(&document).unwrap();
    assert_eq!(document["initiative"], file["initiative"]);
    assert_eq!(document["statements"], file["statements"]);
}

#[test]
fn an_original_comes_before_its_copies_and_other_sources_stay_in_order() {
    let document = parse(&valid().to_string()).unwrap();
    let keys: Vec<&str> = document
        .sources
        .iter()
        .map(|source| source.key.as_str())
        .collect();
    assert_eq!(keys, ["original", "copy", "later"]);
    assert_eq!(
        document.statements[0].subject,
        Subject::Relationship("RW".to_owned())
    );
}

#[test]
fn all_errors_are_reported_at_once_and_a_missing_key_is_one() {
    let mut document = with("/initiative/title", json!(7));
    document["sources"][0]
        .as_object_mut()
        .unwrap()
        .remove("url");
    document["statements"][2]["summary"] = json!("");
    let errors: Vec<String> = errors_of(&document)
        .into_iter()
        .map(|error| error.path)
        .collect();
    assert_eq!(
        errors,
        [
            "initiative.title",
            "sources[0] (copy).url",
            "statements[2] (third).summary"
        ]
    );
}

#[test]
fn invalid_json_is_one_error_with_line_and_column() {
    let deep = "[".repeat(100_000);
    for (text, location) in [
        ("", "line 1 column 0"),
        ("{\n  \"format\": 1,\n}", "line 3 column 1"),
        ("{\"format\": 1, \"format\": 1}", "line 1 column 22"),
        (deep.as_str(), "line 1 column 128"),
    ] {
        let errors = parse(text).unwrap_err();
        assert_eq!((errors.len(), errors[0].path.as_str()), (1, "document"));
        assert!(errors[0].message.ends_with(location), "{}", errors[0]);
    }
    assert_eq!(errors_of(&json!([]))[0].path, "document");
}

#[test]
fn an_error_does_not_print_the_file_to_the_terminal() {
    let errors = errors_of(&with("/sources/2/language", json!("\u{1b}[2J")));
    assert!(!errors[0].message.contains('\u{1b}'));
    let errors = errors_of(&with("/sources/2/url", json!("x".repeat(100_000))));
    assert!(errors[0].to_string().chars().count() < 400);
}

#[test]
fn a_long_chain_of_copies_is_handled() {
    let mut document = valid();
    let mut sources: Vec<Value> = (0..20_000)
        .map(|index| source(&format!("s{index}"), "2025-06"))
        .collect();
    for (index, source) in sources.iter_mut().enumerate() {
        source["derivedFrom"] = json!(format!("s{}", (index + 1) % 20_000));
    }
    document["sources"] = json!(sources);
    let cycle = errors_of(&document)
        .into_iter()
        .find(|error| error.path.starts_with("sources"));
    assert_eq!(cycle.unwrap().path, "sources[19999] (s19999).derivedFrom");
}
