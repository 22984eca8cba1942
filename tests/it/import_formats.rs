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
