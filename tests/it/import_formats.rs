//! Import documents of format 2: what they record that those of format 1 cannot, and that items of format 1 stay as they are.

use serde_json::{Value, json};

use crate::app::{TestApp, data};
use crate::fixtures::document;

/// A document of format 1 about Rwanda and Peru.
fn format_1() -> Value {
    document("asks", &["RW", "PE"])
}

/// The document in format 2 with a further statement, a copy of the first with some other fields.
fn with_statement(key: &str, fields: Value) -> Value {
    let mut document = format_1();
    document["format"] = json!(2);
    let mut statement = document["statements"][0].clone();
    statement["key"] = key.into();
    let Value::Object(fields) = fields else {
        panic!("fields are an object");
    };
    statement.as_object_mut().unwrap().extend(fields);
    document["statements"]
        .as_array_mut()
        .unwrap()
        .push(statement);
    document
}

/// The document in format 2, in which Rwanda's naming is corrected and denied; the correction and its denial are in this order if
/// `is_new`, and otherwise only the denial is there.
fn disputed(is_new: bool) -> Value {
    let mut denial = with_statement("rw-denied", json!({ "contradicts": ["rw-named"] }));
    if is_new {
        let correction = with_statement("rw-named-2", json!({ "corrects": "rw-named" }));
        let statements = denial["statements"].as_array_mut().unwrap();
        statements.insert(2, correction["statements"][2].clone());
    }
    denial
}

/// Imports documents, and restarts the server, which has every entry in memory then.
async fn import(app: TestApp, documents: &[Value]) -> TestApp {
    for document in documents {
        app.import(document).await;
    }
    app.restart().await
}

#[tokio::test]
async fn a_dispute_is_kept_whether_the_denial_or_the_correction_is_recorded_first() {
    let new = import(TestApp::start_empty().await, &[disputed(true)]).await;
    let old = [disputed(false), disputed(true)];
    let old = import(TestApp::start_empty().await, &old).await;
    // Entries: initiative, source, RW, PE, and the two in either order.
    for (app, pair) in [(&new, (6, 5)), (&old, (5, 6))] {
        let query = "{ country(code: \"RW\") { relationships(first: 1) { nodes { disputed
            position { rivals { statement { number } contradicts { number } } } } } } }";
        let nodes = &app.query(query).await["country"]["relationships"]["nodes"];
        let rivals =
            json!([{ "statement": { "number": pair.0 }, "contradicts": { "number": pair.1 } }]);
        assert_eq!(nodes[0]["position"]["rivals"], rivals);
        assert_eq!(nodes[0]["disputed"], true);
        assert_eq!(app.discrepancies().await, []);
    }
}

#[tokio::test]
async fn a_correction_of_format_1_still_drops_disputes_and_is_the_same_entry_as_one_that_settles_them()
 {
    let mut document = disputed(true);
    document["format"] = json!(1);
    let statements = document["statements"].as_array_mut().unwrap();
    statements.swap(2, 3);
    let app = import(TestApp::start_empty().await, &[document.clone()]).await;
    let head = app.head().await;
    let query = "{ country(code: \"RW\") { relationships(first: 1) { nodes { disputed } } } }";
    let nodes = &app.query(query).await["country"]["relationships"]["nodes"];
    assert_eq!(nodes[0]["disputed"], false);
    document["format"] = json!(2);
    document["statements"][3]["settlesDisputes"] = json!(true);
    let app = import(app, &[document]).await;
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn a_correction_of_a_document_has_a_reason() {
    let fields =
        json!({ "corrects": "rw-named", "validFrom": "2025-02", "reason": "The month was wrong." });
    let next = with_statement("rw-named-2", fields);
    let documents = [format_1(), next.clone(), next];
    let app = import(TestApp::start_empty().await, &documents).await;
    assert_eq!(app.head().await["seq"], 5);
    let query = "{ statement(number: 5) { correctionReason corrects { number } } }";
    let expected =
        json!({ "correctionReason": "The month was wrong.", "corrects": { "number": 3 } });
    assert_eq!(app.query(query).await["statement"], expected);
    assert_eq!(app.discrepancies().await, []);
}

/// The document of format 1 with an earlier report on Rwanda as later evidence, and a retraction of what is said of Peru.
fn with_later() -> Value {
    let mut document = format_1();
    document["format"] = json!(2);
    let mut earlier = document["sources"][0].clone();
    earlier["key"] = json!("earlier");
    earlier["publishedOn"] = json!("2025-04-02");
    document["sources"].as_array_mut().unwrap().push(earlier);
    let evidence =
        json!({ "source": "earlier", "relation": "SUPPORTS", "quote": null, "locator": null });
    document["addedEvidence"] =
        json!([{ "key": "rw-earlier", "statement": "rw-named", "evidence": [evidence] }]);
    document["retractions"] = json!([{ "statement": "pe-named", "reason": "Another state." }]);
    document
}

#[tokio::test]
async fn a_document_adds_evidence_to_recorded_statements_and_retracts_them() {
    let app = import(TestApp::start_empty().await, &[format_1()]).await;
    let before = app.head().await["recordedAt"].clone();
    let app = import(app, &[with_later(), with_later()]).await;
    // Initiative, source, two statements; the second source, the evidence, the retraction.
    assert_eq!(app.head().await["seq"], 7);
    let query = "query($at: MomentInput) {
        rw: statement(number: 3) { publishedOn evidence { source { publishedOn } } }
        pe: statement(number: 4) { standing retractionReason }
        country(code: \"RW\") { relationships(first: 1) { nodes { position(at: $at) { stance } } } } }";
    let ask = async |recorded_by: Value| {
        let at = json!({ "publishedBy": "2025-04-10", "recordedBy": recorded_by });
        data(app.execute(query, json!({ "at": at })).await)
    };
    let now = ask(Value::Null).await;
    assert_eq!(now["rw"]["publishedOn"], "2025-04-02");
    assert_eq!(now["rw"]["evidence"].as_array().unwrap().len(), 2);
    let retracted = json!({ "standing": "RETRACTED", "retractionReason": "Another state." });
    assert_eq!(now["pe"], retracted);
    // That it was public earlier is known from the entry on.
    let stance = |answer: &Value| {
        answer["country"]["relationships"]["nodes"][0]["position"]["stance"].clone()
    };
    assert_eq!(stance(&now), "NAMED");
    assert_eq!(stance(&ask(before).await), "UNKNOWN");
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn a_new_ledger_takes_statements_and_what_is_done_to_them_later_from_one_document() {
    let app = import(TestApp::start_empty().await, &[with_later()]).await;
    let query = "{ stanceChanges(first: 9) { nodes { kind to } } }";
    let nodes = &app.query(query).await["stanceChanges"]["nodes"];
    assert_eq!(nodes.as_array().unwrap().len(), 3, "{nodes:#}");
    assert_eq!(app.head().await["seq"], 7);
    assert_eq!(app.discrepancies().await, []);
}

/// The document in format 2, in which a correction is retracted and the statement corrected anew; the edition before has neither.
fn corrected_anew(is_new: bool) -> Value {
    let wrong = json!({ "corrects": "rw-named", "body": { "stance": { "stance": "AGREED" } } });
    let mut document = with_statement("rw-agreed", wrong);
    if is_new {
        let right =
            json!({ "corrects": "rw-named", "body": { "stance": { "stance": "REFUSED" } } });
        let right = with_statement("rw-refused", right);
        let statements = document["statements"].as_array_mut().unwrap();
        statements.push(right["statements"][2].clone());
        document["retractions"] = json!([{ "statement": "rw-agreed", "reason": "Another state." }]);
    }
    document
}

#[tokio::test]
async fn a_later_edition_retracts_a_correction_and_corrects_the_statement_anew() {
    let new = import(TestApp::start_empty().await, &[corrected_anew(true)]).await;
    let editions = [false, true, true].map(corrected_anew);
    let old = import(TestApp::start_empty().await, &editions).await;
    for app in [new, old] {
        // Entries: initiative, source, RW, PE, the correction, its retraction, the new correction.
        assert_eq!(app.head().await["seq"], 7);
        let query = "{ first: statement(number: 3) { standing correctedBy { number } }
            wrong: statement(number: 5) { standing } stanceChanges(first: 9) { nodes { kind to } } }";
        let answer = app.query(query).await;
        let first = json!({ "standing": "CORRECTED", "correctedBy": { "number": 7 } });
        assert_eq!(answer["first"], first);
        assert_eq!(answer["wrong"]["standing"], "RETRACTED");
        let changes = answer["stanceChanges"]["nodes"].as_array().unwrap();
        let of_rwanda: Vec<&Value> = changes.iter().map(|change| &change["to"]).collect();
        assert_eq!(of_rwanda, ["NAMED", "NAMED", "AGREED", "NAMED", "REFUSED"]);
        assert_eq!(app.discrepancies().await, []);
    }
}
