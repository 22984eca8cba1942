//! Documents that the library by itself would answer otherwise than the GraphQL specification says.

use serde_json::json;

use crate::app::TestApp;

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
