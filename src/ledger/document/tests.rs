//! One small document that is valid, and one mutation of it per rule.

use serde_json::{Value, json};

use super::{Document, Fault, Subject, parse};

const SHIPPED: &str = include_str!("../../../data/us-third-country-removals.json");

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

/// Sources `copy` (of `original`, without an address) and `later`; statements `first`, `second` and `third`.
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
            "summary": "Somebody asks."
        },
        "sources": [copy, original, source("later", "2025-07")],
        "statements": [first, second, third]
    })
}

#[track_caller]
fn faults(document: &Value) -> Vec<Fault> {
    parse(&document.to_string()).unwrap_err()
}

/// Puts `value` at a JSON pointer; a pointer to no field yet adds it.
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

/// The faults are at these paths and nowhere else: no fault is reported again as its own consequence.
#[track_caller]
fn check(pointer: &str, value: Value, paths: &[&str]) {
    let found = faults(&with(pointer, value));
    let found_paths: Vec<&str> = found.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(found_paths, paths, "{pointer}: {found:?}");
}

fn shipped() -> Document {
    parse(SHIPPED).unwrap()
}

#[test]
fn the_shipped_file_is_valid_and_comes_out_as_it_stands() {
    let document = shipped();
    assert_eq!(
        (document.statements.len(), document.sources.len()),
        (254, 237)
    );
    let file: Value = serde_json::from_str(SHIPPED).unwrap();
    let document = serde_json::to_value(&document).unwrap();
    assert_eq!(document["initiative"], file["initiative"]);
    assert_eq!(document["statements"], file["statements"]);
}

#[test]
fn an_original_comes_before_its_copies_and_the_rest_keeps_its_place() {
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
fn a_file_and_its_initiative_have_rules() {
    check("/format", json!(2), &["format"]);
    check("/extra", json!(2), &["document"]);
    check("/sources", json!({}), &["sources"]);
    check("/initiative/slug", json!("A request"), &["initiative.slug"]);
    check("/initiative/title", json!(" \n"), &["initiative.title"]);
    check(
        "/initiative/title",
        json!("é".repeat(601)),
        &["initiative.title"],
    );
    check(
        "/initiative/summary",
        json!("é".repeat(1001)),
        &["initiative.summary"],
    );
    check(
        "/initiative/requestingState",
        json!("QQ"),
        &["initiative.requestingState"],
    );
    check(
        "/initiative/requestingState",
        json!("us"),
        &["initiative.requestingState"],
    );
    check(
        "/initiative/startedOn",
        json!("2025-02-30"),
        &["initiative.startedOn"],
    );
    check(
        "/initiative/startedOn",
        json!(null),
        &["initiative.startedOn"],
    );
}

#[test]
fn a_source_has_rules() {
    check("/sources/0/key", json!("Copy_1"), &["sources[0].key"]);
    check(
        "/sources/2/key",
        json!("copy"),
        &[
            "sources[2] (copy).key",
            "statements[2] (third).evidence[0].source",
        ],
    );
    check(
        "/sources/2/kind",
        json!("BLOG"),
        &["sources[2] (later).kind"],
    );
    check(
        "/sources/2/kind",
        json!({ "NEWS": null }),
        &["sources[2] (later).kind"],
    );
    check(
        "/sources/2/publisher",
        json!(""),
        &["sources[2] (later).publisher"],
    );
    check(
        "/sources/2/url",
        json!("ftp://example.org"),
        &["sources[2] (later).url"],
    );
    check(
        "/sources/2/url",
        json!("https:example.org"),
        &["sources[2] (later).url"],
    );
    check(
        "/sources/2/url",
        json!("https:///example.org"),
        &["sources[2] (later).url"],
    );
    check(
        "/sources/2/publishedOn",
        json!("June"),
        &["sources[2] (later).publishedOn"],
    );
    check(
        "/sources/2/language",
        json!("en-GB"),
        &["sources[2] (later).language"],
    );
    check(
        "/sources/2/derivedFrom",
        json!("nobody"),
        &["sources[2] (later).derivedFrom"],
    );
    check(
        "/sources/1/derivedFrom",
        json!("copy"),
        &["sources[1] (original).derivedFrom"],
    );
    check("/sources/1/extra", json!(1), &["sources[1] (original)"]);
    check("/sources/1", json!(7), &["sources[1]"]);
}

#[test]
fn a_statement_has_rules() {
    let at = |field: &str| format!("/statements/2/{field}");
    let path = |field: &str| format!("statements[2] (third).{field}");
    for (field, wrong) in [
        ("subject", json!({ "relationship": "RW", "country": "RW" })),
        ("subject", json!({ "region": "RW" })),
        ("claimant", json!(["PRESS", "x"])),
        ("claimant.kind", json!("BLOGGER")),
        ("claimant.label", json!(" ")),
        ("validFrom", json!("2025-06/2025-05")),
        ("validFrom", json!(null)),
        ("summary", json!("é".repeat(301))),
        ("body", json!({})),
        ("evidence", json!([])),
        ("evidence[0].quote", json!("é".repeat(201))),
        ("evidence[0].relation", json!("PROVES")),
        ("evidence[0].locator", json!("")),
        ("contradicts", json!("first")),
        ("contradicts[0]", json!("third")),
        ("corrects", json!("nothing")),
        ("note", json!("")),
    ] {
        let pointer = at(&field.replace("[0]", "/0").replace('.', "/"));
        if field == "contradicts[0]" {
            check(&at("contradicts"), json!([wrong]), &[&path(field)]);
        } else {
            check(&pointer, wrong, &[&path(field)]);
        }
    }
}

#[test]
fn a_subject_has_rules() {
    let relationship = "statements[1] (second).subject.relationship";
    let other = "statements[1] (second).contradicts[0]";
    for (code, paths) in [
        ("US", vec![relationship]),
        ("QQ", vec![relationship]),
        ("rw", vec![relationship]),
    ] {
        let mut document = with("/statements/1/subject", json!({ "relationship": code }));
        document["statements"][1]["contradicts"] = json!([]);
        let found: Vec<String> = faults(&document)
            .into_iter()
            .map(|fault| fault.path)
            .collect();
        assert_eq!(found, paths, "{code}");
    }
    check(
        "/statements/1/subject",
        json!({ "relationship": "UG" }),
        &[other],
    );
    let subject = "statements[1] (second).subject";
    check(
        "/statements/1/subject",
        json!({ "country": "RW" }),
        &[subject, other],
    );
    let slug = "statements[1] (second).subject.initiative";
    check(
        "/statements/1/subject",
        json!({ "initiative": "another" }),
        &[slug, subject, other],
    );
}

#[test]
fn a_body_has_rules() {
    let count = json!({ "count": { "metric": "AGREEMENTS", "comparator": "EXACT", "low": 1, "high": null,
        "includesPlanned": false, "unit": "agreements" } });
    let legal = json!({ "legal": { "jurisdiction": "XX", "court": "A court", "caseName": "A v. B",
        "docket": null, "status": "UPHELD" } });
    let funding = json!({ "funding": { "amount": "7.5", "currency": "USD", "purpose": "x" } });
    for (body, path) in [
        (
            json!({ "stance": { "stance": "UNKNOWN" } }),
            "body.stance.stance",
        ),
        (
            json!({ "stance": { "stance": "AGREED", "x": 1 } }),
            "body.stance",
        ),
        (json!({ "stance": ["AGREED"] }), "body"),
        (
            json!({ "stance": { "stance": { "AGREED": null } } }),
            "body.stance",
        ),
        (json!({ "rumour": { "of": "x" } }), "body.rumour"),
        (
            json!({ "transfer": { "personsMin": 1, "personsMax": 2.0, "note": "x" } }),
            "body.transfer",
        ),
        (
            json!({ "transfer": { "personsMin": 3, "personsMax": 2, "note": "x" } }),
            "body.transfer.personsMin",
        ),
        (count, "subject"),
        (legal, "body.legal.jurisdiction"),
        (funding, "body.funding.amount"),
    ] {
        check(
            "/statements/2/body",
            body,
            &[&format!("statements[2] (third).{path}")],
        );
    }
}

#[test]
fn items_name_each_other_by_rules() {
    let third = |field: &str| format!("statements[2] (third).{field}");
    check(
        "/statements/2/key",
        json!("first"),
        &["statements[2] (first).key"],
    );
    check("/statements/2/key", json!("-"), &["statements[2].key"]);
    check(
        "/statements/2/contradicts",
        json!(["first", "first"]),
        &[&third("contradicts[1]")],
    );
    check(
        "/statements/1/corrects",
        json!("first"),
        &[&third("corrects")],
    );
    check(
        "/statements/2/evidence/0/relation",
        json!("MENTIONS"),
        &[&third("evidence")],
    );
    let source = third("evidence[0].source");
    check(
        "/statements/2/evidence/0/source",
        json!("nobody"),
        &[&source, "sources[2] (later)"],
    );
    check(
        "/statements/2/evidence/0/source",
        json!("original"),
        &[&source, "sources[2] (later)"],
    );
    check(
        "/statements/2/evidence/0/source",
        json!("copy"),
        &["sources[2] (later)"],
    );
    check(
        "/sources/2/publishedOn",
        json!("2025-06-02"),
        &["statements[2] (third)"],
    );
    assert!(parse(&with("/sources/2/publishedOn", json!("2025-06-02/..")).to_string()).is_ok());
}

#[test]
fn all_faults_are_told_at_once_and_a_missing_key_is_one() {
    let mut document = with("/initiative/title", json!(7));
    document["sources"][0]
        .as_object_mut()
        .unwrap()
        .remove("url");
    document["statements"][2]["summary"] = json!("");
    let found: Vec<String> = faults(&document)
        .into_iter()
        .map(|fault| fault.path)
        .collect();
    assert_eq!(
        found,
        [
            "initiative.title",
            "sources[0] (copy).url",
            "statements[2] (third).summary"
        ]
    );
}

#[test]
fn what_is_no_json_is_one_fault_with_its_place() {
    let deep = "[".repeat(100_000);
    for (text, place) in [
        ("", "line 1 column 0"),
        ("{\n  \"format\": 1,\n}", "line 3 column 1"),
        ("{\"format\": 1, \"format\": 1}", "line 1 column 22"),
        (deep.as_str(), "line 1 column 128"),
    ] {
        let found = parse(text).unwrap_err();
        assert_eq!((found.len(), found[0].path.as_str()), (1, "document"));
        assert!(found[0].message.ends_with(place), "{}", found[0]);
    }
    assert_eq!(faults(&json!([]))[0].path, "document");
}

#[test]
fn a_fault_does_not_carry_the_file_to_the_terminal() {
    let found = faults(&with("/sources/2/language", json!("\u{1b}[2J")));
    assert!(!found[0].message.contains('\u{1b}'));
    let found = faults(&with("/sources/2/url", json!("x".repeat(100_000))));
    assert!(found[0].to_string().chars().count() < 400);
}

#[test]
fn a_long_chain_of_copies_is_no_burden() {
    let mut document = valid();
    let mut sources: Vec<Value> = (0..20_000)
        .map(|at| source(&format!("s{at}"), "2025-06"))
        .collect();
    for (at, source) in sources.iter_mut().enumerate() {
        source["derivedFrom"] = json!(format!("s{}", (at + 1) % 20_000));
    }
    document["sources"] = json!(sources);
    let circle = faults(&document)
        .into_iter()
        .find(|fault| fault.path.starts_with("sources"));
    assert_eq!(circle.unwrap().path, "sources[19999] (s19999).derivedFrom");
}
