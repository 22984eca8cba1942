//! Error masking: internal failures reach clients as a code and a request ID, without SQL, paths or panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use demarche::model::time::Timestamp;
use reqwest::{Response, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{assert_alive, numbered};
use crate::app::{NOW, TestApp};
use crate::database::DISABLE_FOREIGN_KEYS;
use crate::fixtures::{initiative, request};
use crate::websocket_client::WebSocketClient;

/// Fragments of SQL, Rust and paths that no response may contain.
const INTERNAL_WORDS: [&str; 12] = [
    "sqlite",
    "select ",
    "no such table",
    "sqlx",
    "sea_orm",
    "panicked",
    "backtrace",
    ".rs",
    "src/",
    "/tmp",
    "secret",
    "0x",
];

#[track_caller]
fn assert_masked(text: &str) {
    let text = text.to_lowercase();
    let leaked = INTERNAL_WORDS.iter().find(|word| text.contains(**word));
    assert!(leaked.is_none(), "{leaked:?}: {text}");
}

/// The internal error of a response; its request ID must be that of the header.
async fn internal_error(response: Response) -> Value {
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = response.text().await.unwrap();
    assert_masked(&text);
    let error = serde_json::from_str::<Value>(&text).unwrap()["errors"][0].take();
    assert_eq!(
        error["extensions"]["code"], "INTERNAL_SERVER_ERROR",
        "{error:#}"
    );
    assert_eq!(error["extensions"]["requestId"], id, "{error:#}");
    error
}

#[track_caller]
fn assert_internal_error(error: &Value) {
    assert_masked(&error.to_string());
    assert_eq!(
        error["extensions"]["code"], "INTERNAL_SERVER_ERROR",
        "{error:#}"
    );
    assert!(error["extensions"]["requestId"].is_string(), "{error:#}");
}

#[tokio::test]
async fn a_panicking_resolver_fails_only_its_own_operation() {
    let panics = Arc::new(AtomicBool::new(false));
    let clock = Arc::clone(&panics);
    let app = TestApp::start_with_clock(Arc::new(move || {
        assert!(!clock.load(Ordering::SeqCst), "secret");
        Timestamp(NOW)
    }))
    .await;
    panics.store(true, Ordering::SeqCst);
    let mut other = app.connect_websocket().await;
    let authorization = format!("Bearer {}", app.token);
    let payload = json!({ "authorization": authorization });
    let mut socket = WebSocketClient::open_with(&app.ws_url(), payload).await;
    let (text, variables) = request("openInitiative", &initiative("other"));
    let body = json!({ "query": text, "variables": variables });
    for path in ["/graphql", "/graphql/stream"] {
        let post = app
            .http()
            .post(app.url(path))
            .bearer_auth(&app.token)
            .json(&body);
        let response = post.send().await.unwrap();
        assert_eq!(
            response.status(),
            StatusCode::INTERNAL_SERVER_ERROR,
            "{path}"
        );
        internal_error(response).await;
    }
    socket.subscribe("1", &text, variables.clone()).await;
    let error = socket.next().await;
    assert_eq!(error["type"], "error");
    assert_internal_error(&error["payload"][0]);
    assert_alive(&mut other).await;
    panics.store(false, Ordering::SeqCst);
    let opened = socket.run(&text, variables).await;
    assert_eq!(opened["openInitiative"]["initiative"]["slug"], "other");
}

/// A server whose database lacks a table.
async fn start_with_broken_database() -> TestApp {
    let app = TestApp::start().await;
    let db = app.connect_to_database().await;
    for sql in [
        DISABLE_FOREIGN_KEYS,
        "ALTER TABLE statement RENAME TO secret",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    app
}

#[tokio::test]
async fn a_broken_database_is_reported_by_a_code_and_a_request_id() {
    let app = start_with_broken_database().await;
    let query = "{ statements { nodes { summary } } }";
    let post = app
        .http()
        .post(app.url("/graphql"))
        .json(&json!({ "query": query }));
    let error = internal_error(post.send().await.unwrap()).await;
    assert_eq!(error["path"], json!(["statements"]));
    let stream = app
        .http()
        .post(app.url("/graphql/stream"))
        .json(&json!({ "query": query }));
    let text = stream.send().await.unwrap().text().await.unwrap();
    assert_masked(&text);
    let event: Value =
        serde_json::from_str(text.split("data: ").nth(1).unwrap().lines().next().unwrap()).unwrap();
    assert_internal_error(&event["errors"][0]);
    let mut socket = app.connect_websocket().await;
    socket.subscribe("1", query, json!({})).await;
    assert_internal_error(&socket.next().await["payload"]["errors"][0]);
    socket.next().await;
    let subscription =
        "subscription($a: String) { ledgerAppended(after: $a) { statement { summary } } }";
    socket
        .subscribe("2", subscription, json!({ "a": app.genesis().await }))
        .await;
    let mut event = socket.next().await;
    while event["payload"].get("errors").is_none() {
        event = socket.next().await;
    }
    assert_internal_error(&event["payload"]["errors"][0]);
    let page = app.get("/statements/314").await;
    assert_eq!(page.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_masked(&page.text().await.unwrap().replace("style.css", ""));
    let health = app.get("/health").await;
    assert_eq!(health.status(), StatusCode::OK);
    assert_alive(&mut app.connect_websocket().await).await;
}

#[tokio::test]
async fn without_the_token_table_access_is_denied_and_no_cause_is_revealed() {
    let app = TestApp::start().await;
    let db = app.connect_to_database().await;
    db.execute_unprepared("ALTER TABLE api_token RENAME TO secret")
        .await
        .unwrap();
    for path in ["/graphql", "/graphql/stream"] {
        let post = app.http().post(app.url(path)).bearer_auth(&app.token);
        let response = post
            .json(&json!({ "query": "{ __typename }" }))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        internal_error(response).await;
    }
    let mut socket = WebSocketClient::connect(&app.ws_url()).await;
    let payload = json!({ "authorization": format!("Bearer {}", app.token) });
    socket
        .send(&json!({ "type": "connection_init", "payload": payload }))
        .await;
    let (code, reason) = socket.close_frame().await;
    assert_eq!(code, 4500);
    assert_masked(&reason);
    app.query("{ __typename }").await;
}

#[tokio::test]
async fn an_unparsable_stored_value_is_not_shown() {
    let app = TestApp::start().await;
    let db = app.connect_to_database().await;
    db.execute_unprepared(
        "UPDATE source SET kind = 'SECRET' WHERE id = (SELECT min(id) FROM source)",
    )
    .await
    .unwrap();
    let query = json!({ "query": "{ sources(first: 1) { nodes { kind } } }" });
    let response = app
        .http()
        .post(app.url("/graphql"))
        .json(&query)
        .send()
        .await;
    internal_error(response.unwrap()).await;
}

#[tokio::test]
async fn a_response_has_at_most_a_hundred_errors() {
    let app = TestApp::start().await;
    let many = "{ countries { stance(initiative: \"x\", at: { validOn: \"2025-13-01\" }) } }";
    let response = app.execute(many, json!({})).await;
    assert_eq!(response["errors"].as_array().unwrap().len(), 100);
    let fields: String = numbered(400, |n| format!("f{n} "));
    let response = app.execute(&format!("{{ {fields} }}"), json!({})).await;
    assert_eq!(response["errors"].as_array().unwrap().len(), 100);
}
