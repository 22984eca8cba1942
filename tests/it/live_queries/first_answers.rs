//! First answers: what a live query is, and what is refused.

use serde_json::{Value, json};

use super::client::LiveClient;
use super::{RWANDA, executions, live};
use crate::app::{TestApp, only_error};
use crate::fixtures::stance_input;

#[tokio::test]
async fn the_directive_is_part_of_the_schema() {
    let app = TestApp::start_empty().await;
    let schema = app
        .query(
            "{ __schema { directives { name locations isRepeatable args { name defaultValue
               type { kind name ofType { name } } } } } }",
        )
        .await;
    let directives = schema["__schema"]["directives"].as_array().unwrap();
    let directive = directives.iter().find(|one| one["name"] == "live").unwrap();
    assert_eq!(directive["locations"], json!(["QUERY"]));
    let boolean = json!({ "kind": "NON_NULL", "name": null, "ofType": { "name": "Boolean" } });
    let text = json!({ "kind": "SCALAR", "name": "String", "ofType": null });
    let arguments = json!([
        { "name": "patch", "defaultValue": "false", "type": boolean },
        { "name": "after", "defaultValue": null, "type": text },
    ]);
    assert_eq!(directive["args"], arguments);
}

#[tokio::test]
async fn only_queries_are_live() {
    let (app, source) = TestApp::start_with_initiative().await;
    for document in [
        "subscription @live { stanceChanged { cursor } }",
        "{ viewer @live { role } }",
        "{ ... @live { viewer { role } } }",
        "query @live @live { viewer { role } }",
        "query @live(patch: 1) { viewer { role } }",
        "query @live(patch: null) { viewer { role } }",
        "query @live(every: 5) { viewer { role } }",
        "query($p: Int) @live(after: $p) { viewer { role } }",
    ] {
        let mut socket = app.subscribe(document, json!({})).await;
        let message = socket.next().await;
        assert_eq!(message["type"], "error", "{document}: {message}");
        assert_eq!(
            message["payload"][0]["extensions"]["code"],
            "BAD_USER_INPUT"
        );
    }
    let (mutation, variables) = crate::fixtures::request(
        "recordStatement",
        &stance_input(&source, "RW", "NAMED", "2025"),
    );
    let mutation = mutation.replacen(") {", ") @live {", 1);
    let response = app.execute_as_editor(&mutation, variables).await;
    assert_eq!(only_error(&response).0, "BAD_USER_INPUT");
    let query = "query($after: String) @live(after: $after) { viewer { role } }";
    let mut socket = app.subscribe(query, json!({ "after": 5 })).await;
    assert_eq!(socket.next().await["type"], "error");
    assert_eq!(executions(&app).await, 0);
}

#[tokio::test]
async fn one_response_does_not_answer_a_live_query() {
    let (app, _) = TestApp::start_with_initiative().await;
    let query = live("", RWANDA);
    let response = app.execute(&query, json!({})).await;
    assert_eq!(only_error(&response).0, "NOT_ACCEPTABLE");
    let url = url::Url::parse_with_params(&app.url("/graphql"), [("query", &query)]).unwrap();
    let response = app.http().get(url).send().await.unwrap();
    assert_eq!(response.status(), 406);
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "run_query", "arguments": { "query": query } } });
    let request = app.http().post(app.url("/mcp")).json(&call);
    let request = request.header("accept", "application/json, text/event-stream");
    let result: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(result["result"]["isError"], true, "{result}");
    assert_eq!(executions(&app).await, 0);
}

#[tokio::test]
async fn a_pinned_query_is_not_live() {
    let (app, _) = TestApp::start_with_initiative().await;
    let mut socket = app.connect_websocket().await;
    let payload = json!({ "query": live("", RWANDA), "extensions": { "ledger": { "seq": 1 } } });
    socket
        .send(&json!({ "id": "1", "type": "subscribe", "payload": payload }))
        .await;
    let error = socket.next().await["payload"][0].take();
    assert_eq!(error["extensions"]["field"], "seq");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("a pinned answer never changes"),
        "{message}"
    );
    let url = app.url("/graphql/stream?seq=1");
    let request = app
        .http()
        .post(url)
        .json(&json!({ "query": live("", RWANDA) }));
    assert_eq!(request.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn an_answer_about_the_caller_is_not_live() {
    let (app, _) = TestApp::start_with_initiative().await;
    let query = live("", "viewer { role } country(code: \"RW\") { code }");
    let mut socket = app.subscribe(&query, json!({})).await;
    let message = socket.next().await;
    assert_eq!(message["type"], "error", "{message}");
    let text = message["payload"][0]["message"].as_str().unwrap();
    assert!(text.contains("depends on who asks or when"), "{text}");
}

#[tokio::test]
async fn the_role_decides_what_may_be_live() {
    let app = TestApp::start_empty().await;
    let query = live("", "webhooks { id }");
    let mut socket = app.subscribe(&query, json!({})).await;
    assert_eq!(
        socket.next().await["payload"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn an_answer_with_errors_is_sent_whole_and_without_a_cursor() {
    let (app, source) = TestApp::start_with_initiative().await;
    // A field that fails alone.
    let failing = "peru: country(code: \"PE\") { relationships(after: \"x\") { totalCount } }";
    let selection = format!("{RWANDA} {failing}");
    let mut clients = Vec::new();
    for arguments in ["", "(patch: true)"] {
        let query = live(arguments, &selection);
        let client = LiveClient::start(&app, &query, json!({})).await;
        clients.push((client, query.find("relationships").unwrap() + 1));
    }
    for (client, column) in &mut clients {
        let first = client.receive().await;
        assert_eq!(first["extensions"]["live"], json!({}));
        assert_eq!(first["data"]["peru"], json!(null));
        let location = json!([{ "line": 1, "column": column }]);
        assert_eq!(first["errors"][0]["locations"], location);
    }
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    for (client, column) in &mut clients {
        let next = client.receive().await;
        assert_eq!(next["data"]["country"]["stance"], "NAMED");
        assert_eq!(next["extensions"]["live"], json!({}));
        let location = json!([{ "line": 1, "column": column }]);
        assert_eq!(next["errors"][0]["locations"], location);
    }
}

#[tokio::test]
async fn a_completed_live_query_receives_nothing_more() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut client = LiveClient::start(&app, &live("", RWANDA), json!({})).await;
    client.receive().await;
    client.complete().await;
    super::wait_for_metric(&app, "live_subscribers", 0).await;
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    let socket = client.socket();
    assert_eq!(
        socket.run("{ __typename }", json!({})).await["__typename"],
        "Query"
    );
    assert_eq!(executions(&app).await, 1);
}
