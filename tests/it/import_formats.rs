//! Import documents of format 2: what they record that those of format 1 cannot, and that items of format 1 stay as they are.

use serde_json::{Value, json};

use crate::app::TestApp;
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

#[tokio::test]
async fn a_dispute_is_kept_whether_the_denial_or_the_correction_is_recorded_first() {
    let (new, old) = (TestApp::start_empty().await, TestApp::start_empty().await);
    new.import(&disputed(true)).await;
    for is_new in [false, true] {
        old.import(&disputed(is_new)).await;
    }
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
    let app = TestApp::start_empty().await;
    let mut document = disputed(true);
    document["format"] = json!(1);
    let statements = document["statements"].as_array_mut().unwrap();
    statements.swap(2, 3);
    app.import(&document).await;
    let head = app.head().await;
    let query = "{ country(code: \"RW\") { relationships(first: 1) { nodes { disputed } } } }";
    let nodes = &app.query(query).await["country"]["relationships"]["nodes"];
    assert_eq!(nodes[0]["disputed"], false);
    document["format"] = json!(2);
    document["statements"][3]["settlesDisputes"] = json!(true);
    app.import(&document).await;
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn a_correction_of_a_document_has_a_reason() {
    let app = TestApp::start_empty().await;
    app.import(&format_1()).await;
    let fields =
        json!({ "corrects": "rw-named", "validFrom": "2025-02", "reason": "The month was wrong." });
    let next = with_statement("rw-named-2", fields);
    for _ in 0..2 {
        app.import(&next).await;
        assert_eq!(app.head().await["seq"], 5);
    }
    let query = "{ statement(number: 5) { correctionReason corrects { number } } }";
    let expected =
        json!({ "correctionReason": "The month was wrong.", "corrects": { "number": 3 } });
    assert_eq!(app.query(query).await["statement"], expected);
    assert_eq!(app.discrepancies().await, []);
}
