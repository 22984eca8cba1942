//! Payloads of ledger entries: the samples in the documents have the form of the real ones.

use std::collections::BTreeSet;

use demarche::ledger::payload::Payload;
use serde_json::{Value, json};

use crate::app::{TestApp, data};
use crate::examples::{blocks, text_of};
use crate::fixtures::{
    SLUG, correction, document, evidence, id, source as source_input, stance_input,
};

/// Keys of an object.
type Keys = BTreeSet<String>;

#[tokio::test]
async fn the_documented_payloads_have_the_keys_of_the_recorded_ones() {
    let bundled = recorded(&TestApp::start().await).await;
    let (app, source) = TestApp::start_with_initiative().await;
    let statement = app
        .record_stance(&source, "RW", "AGREED", "2025-06-25")
        .await;
    app.mutate("addEvidence", &evidence(&statement, &source))
        .await;
    let corrected = correction(&statement["statement"], &source, "REFUSED", "2025-06-25");
    let corrected = app.mutate("correctStatement", &corrected).await;
    for body in [
        json!({ "stance": { "stance": "AGREED", "scope": "One flight." } }),
        json!({ "return": { "personsMin": 1, "personsMax": 1, "note": "Sent on." } }),
    ] {
        let mut statement = stance_input(&source, "RW", "AGREED", "2025-06-25");
        statement["body"] = body;
        app.mutate("recordStatement", &statement).await;
    }
    let mut correction_of_source = source_input();
    correction_of_source["source"] = source.clone().into();
    correction_of_source["version"] = 2.into();
    correction_of_source["title"] = "Another report".into();
    correction_of_source["reason"] = "Misread.".into();
    app.mutate("correctSource", &correction_of_source).await;
    let retraction = json!({ "statement": id(&corrected), "reason": "Withdrawn." });
    app.mutate("retractStatement", &retraction).await;
    app.mutate(
        "recordReview",
        &json!({ "subject": { "initiative": SLUG } }),
    )
    .await;
    let mut edition = document("other", &["RW"]);
    (edition["format"], edition["edition"]) = (json!(2), json!("first"));
    app.import(&edition).await;
    let entries = [bundled, recorded(&app).await].concat();
    // The only key that may be absent. The sample has it.
    let lacks_key = |(kind, payload): &&(String, Value)| {
        kind == "STATEMENT_CORRECTED" && payload.get("keepsDisputes").is_none()
    };
    let of_entries = entries
        .iter()
        .filter(|entry| !lacks_key(entry))
        .flat_map(|(kind, payload)| parts(kind, payload));
    let recorded: BTreeSet<(String, Keys)> = of_entries.collect();
    let samples = samples();
    let of_samples = samples
        .iter()
        .flat_map(|(kind, payload)| parts(kind, payload));
    let blocks = json_blocks();
    let bodies = blocks.iter().filter_map(Value::as_array).flatten();
    let documented = of_samples.chain(bodies.map(body));
    assert_eq!(documented.collect::<BTreeSet<_>>(), recorded);
}

#[test]
fn every_documented_payload_can_be_parsed() {
    for (kind, payload) in samples() {
        let parsed = Payload::parse(kind.parse().unwrap(), &payload.to_string());
        assert!(parsed.is_ok(), "{kind}: {parsed:?}");
    }
}

/// Kind and payload of every entry.
async fn recorded(app: &TestApp) -> Vec<(String, Value)> {
    let (mut entries, mut after) = (Vec::new(), Value::Null);
    loop {
        let query = "query($after: String) { ledger { entries(first: 100, after: $after) {
            pageInfo { hasNextPage endCursor } nodes { kind payload } } } }";
        let response = data(app.execute(query, json!({ "after": after })).await);
        let page = &response["ledger"]["entries"];
        for node in page["nodes"].as_array().unwrap() {
            let payload = serde_json::from_str(node["payload"].as_str().unwrap()).unwrap();
            entries.push((node["kind"].as_str().unwrap().to_owned(), payload));
        }
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return entries;
        }
    }
}

fn samples() -> Vec<(String, Value)> {
    let json = json_blocks().into_iter().filter(Value::is_object);
    json.map(|mut block| {
        let kind = block["kind"].as_str().unwrap().to_owned();
        (kind, block["payload"].take())
    })
    .collect()
}

fn json_blocks() -> Vec<Value> {
    let blocks = blocks(text_of("docs/ledger-format.md")).into_iter();
    let json = blocks.filter(|block| block.language == "json");
    json.map(|block| serde_json::from_str(block.text).unwrap())
        .collect()
}

/// The parts of a payload by name, with their keys: itself, its statement and the body.
fn parts(kind: &str, payload: &Value) -> Vec<(String, Keys)> {
    let mut parts = vec![(kind.to_owned(), keys(payload))];
    let statement = payload.get("statement").filter(|one| one.is_object());
    let statement = statement.unwrap_or(payload);
    parts.extend(statement.get("body").map(body));
    if statement.get("body").is_some() {
        parts.push(("statement".to_owned(), keys(statement)));
        parts.push(("claimant".to_owned(), keys(&statement["claimant"])));
    }
    let evidence = payload["evidence"].as_array().into_iter().flatten();
    parts.extend(evidence.map(|one| ("evidence".to_owned(), keys(one))));
    parts
}

fn body(body: &Value) -> (String, Keys) {
    let (kind, content) = body.as_object().unwrap().iter().next().unwrap();
    (format!("body {kind}"), keys(content))
}

fn keys(value: &Value) -> Keys {
    value.as_object().unwrap().keys().cloned().collect()
}
