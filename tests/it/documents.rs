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
