//! The initiative, the sources, and references between items: one wrong value per rule.

use serde_json::json;

use super::{check, parse, with};

#[test]
fn a_file_and_its_initiative_have_rules() {
    check("/format", json!(3), &["format"]);
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
    check(
        "/sources/0/key",
        json!("Copy_1"),
        &[
            "sources[0].key",
            "statements[0] (first).evidence[0].source",
            "statements[1] (second).evidence[0].source",
        ],
    );
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
}

#[test]
fn a_url_has_rules() {
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
}

#[test]
fn the_rest_of_a_source_has_rules() {
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
        json!("missing"),
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
fn references_between_items_have_rules() {
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
}

#[test]
fn references_to_sources_have_rules() {
    let source = "statements[2] (third).evidence[0].source";
    check(
        "/statements/2/evidence/0/source",
        json!("missing"),
        &[source],
    );
    check(
        "/statements/2/evidence/0/source",
        json!("original"),
        &[source],
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
