//! A statement by itself: one wrong value per rule.

use serde_json::json;

use super::{check, errors_of, with};

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
        let paths_found: Vec<String> = errors_of(&document)
            .into_iter()
            .map(|error| error.path)
            .collect();
        assert_eq!(paths_found, paths, "{code}");
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
