//! Documents that the library by itself would answer otherwise than the GraphQL specification says.

use serde_json::{Value, json};

use crate::app::TestApp;

const TWO_ROOTS: &str = "subscription { stanceChanged { id } ledgerAppended { seq } }";

#[tokio::test]
async fn a_subscription_hears_through_fragments_at_its_root() {
    let (app, source) = TestApp::start_asking().await;
    let query = "subscription { ...F stanceChanged { from } }
        fragment F on Subscription { ... { stanceChanged { to statement { ... on CountStatement { low } } } } }";
    let mut socket = app.subscribe(query, json!({})).await;
    app.stand(&source, "RW", "NAMED", "2025-03").await;
    app.stand(&source, "RW", "AGREED", "2025-04").await;
    for (from, to) in [("UNKNOWN", "NAMED"), ("NAMED", "AGREED")] {
        let heard = json!({ "stanceChanged": { "to": to, "statement": {}, "from": from } });
        assert_eq!(socket.event().await, heard);
    }
}

#[tokio::test]
async fn a_subscription_to_two_fields_is_refused_on_every_transport() {
    let app = TestApp::start_empty().await;
    let expected = "a subscription has one field at its root";
    let stream = app.http().post(app.url("/graphql/stream"));
    let stream = stream.json(&json!({ "query": TWO_ROOTS })).send();
    let refused = stream.await.unwrap();
    assert_eq!(refused.status(), 400);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["errors"][0]["message"], expected);
    let mut socket = app.subscribe(TWO_ROOTS, json!({})).await;
    let refused = socket.next().await;
    assert_eq!(refused["type"], "error");
    assert_eq!(refused["payload"][0]["message"], expected);
}

#[tokio::test]
async fn conditions_see_variables_and_their_defaults() {
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
        let answer = app.answer(query, variables).await;
        assert_eq!(answer["data"]["viewer"], expected);
    }
}

#[tokio::test]
async fn an_object_of_which_nothing_is_selected_is_empty_and_not_null() {
    let app = TestApp::start_empty().await;
    let query = "{ a: country(code: \"RW\") { ... on Node { id @include(if: false) } }
        b: country(code: \"ZZ\") { code @skip(if: true) } }";
    let expected = json!({ "a": {}, "b": null });
    assert_eq!(app.query(query).await, expected);
    let nothing = app.query("{ viewer @skip(if: true) { role } }").await;
    assert_eq!(nothing, json!({}));
}
