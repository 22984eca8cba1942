//! GraphQL specification: documents for which the library alone would give another result.

use serde_json::{Value, json};

use crate::app::TestApp;

const TWO_ROOTS: &str = "subscription { stanceChanged { id } ledgerAppended { seq } }";

#[tokio::test]
async fn a_subscription_field_may_be_inside_fragments() {
    let (app, source) = TestApp::start_with_initiative().await;
    let query = "subscription { ...F stanceChanged { from } }
        fragment F on Subscription { ... { stanceChanged { to statement { ... on CountStatement { low } } } } }";
    let mut socket = app.subscribe(query, json!({})).await;
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    app.record_stance(&source, "RW", "AGREED", "2025-04").await;
    for (from, to) in [("UNKNOWN", "NAMED"), ("NAMED", "AGREED")] {
        let expected = json!({ "stanceChanged": { "to": to, "statement": {}, "from": from } });
        assert_eq!(socket.event().await, expected);
    }
}

#[tokio::test]
async fn a_subscription_to_two_fields_is_rejected_on_every_transport() {
    let app = TestApp::start_empty().await;
    let expected = "a subscription must have exactly one root field";
    let stream = app.http().post(app.url("/graphql/stream"));
    let stream = stream.json(&json!({ "query": TWO_ROOTS })).send();
    let rejection = stream.await.unwrap();
    assert_eq!(rejection.status(), 400);
    let rejection: Value = rejection.json().await.unwrap();
    assert_eq!(rejection["errors"][0]["message"], expected);
    let mut socket = app.subscribe(TWO_ROOTS, json!({})).await;
    let rejection = socket.next().await;
    assert_eq!(rejection["type"], "error");
    assert_eq!(rejection["payload"][0]["message"], expected);
}

#[tokio::test]
async fn directive_conditions_use_variables_and_their_defaults() {
    let app = TestApp::start_empty().await;
    let query = "query($x: Boolean = true) {
        viewer { role __typename @include(if: $x) name @skip(if: $x) } }";
    for (variables, expected) in [
        (
            json!({}),
            json!({ "role": "READER", "__typename": "Viewer" }),
        ),
        (
            json!({ "x": false }),
            json!({ "role": "READER", "name": null }),
        ),
    ] {
        let response = app.execute(query, variables).await;
        assert_eq!(response["data"]["viewer"], expected);
    }
}

#[tokio::test]
async fn an_object_with_no_selected_field_is_empty_and_not_null() {
    let app = TestApp::start_empty().await;
    let query = "{ a: country(code: \"RW\") { ... on Node { id @include(if: false) } }
        b: country(code: \"ZZ\") { code @skip(if: true) } }";
    let expected = json!({ "a": {}, "b": null });
    assert_eq!(app.query(query).await, expected);
    let nothing = app.query("{ viewer @skip(if: true) { role } }").await;
    assert_eq!(nothing, json!({}));
}
