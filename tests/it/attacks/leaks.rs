//! What an answer tells of our inside when something of ours breaks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use demarche::model::time::Instant;
use reqwest::{Response, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{assert_alive, numbered};
use crate::app::{NOW, TestApp};
use crate::database::UNTIE;
use crate::editor::{initiative, request};
use crate::socket::Socket;

/// Words of SQL, of Rust and of paths that no answer may hold.
const INSIDE: [&str; 12] = [
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
fn assert_says_nothing(text: &str) {
    let text = text.to_lowercase();
    let told = INSIDE.iter().find(|word| text.contains(**word));
    assert!(told.is_none(), "{told:?}: {text}");
}

/// The error of an answer of ours at fault, which names the request as its header does.
async fn fault(response: Response) -> Value {
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = response.text().await.unwrap();
    assert_says_nothing(&text);
    let error = serde_json::from_str::<Value>(&text).unwrap()["errors"][0].take();
    assert_eq!(
        error["extensions"]["code"], "INTERNAL_SERVER_ERROR",
        "{error:#}"
    );
    assert_eq!(error["extensions"]["requestId"], id, "{error:#}");
    error
}

#[track_caller]
fn assert_fault(error: &Value) {
    assert_says_nothing(&error.to_string());
    assert_eq!(
        error["extensions"]["code"], "INTERNAL_SERVER_ERROR",
        "{error:#}"
    );
    assert!(error["extensions"]["requestId"].is_string(), "{error:#}");
}

#[tokio::test]
async fn a_resolver_that_panics_fails_its_own_operation_and_nothing_else() {
    let breaks = Arc::new(AtomicBool::new(true));
    let clock = Arc::clone(&breaks);
    let app = TestApp::start_with_clock(Arc::new(move || {
        assert!(!clock.load(Ordering::SeqCst), "secret");
        Instant(NOW)
    }))
    .await;
    let mut other = app.socket().await;
    let authorization = format!("Bearer {}", app.token);
    let payload = json!({ "authorization": authorization });
    let mut socket = Socket::open_with(&app.ws_url(), payload).await;
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
        fault(response).await;
    }
    socket.subscribe("1", &text, variables.clone()).await;
    let error = socket.next().await;
    assert_eq!(error["type"], "error");
    assert_fault(&error["payload"][0]);
    assert_alive(&mut other).await;
    breaks.store(false, Ordering::SeqCst);
    let opened = socket.run(&text, variables).await;
    assert_eq!(opened["openInitiative"]["initiative"]["slug"], "other");
}

/// With a table less than the server knows of.
async fn broken() -> TestApp {
    let app = TestApp::start().await;
    let outsider = app.outsider().await;
    for sql in [UNTIE, "ALTER TABLE statement RENAME TO secret"] {
        outsider.execute_unprepared(sql).await.unwrap();
    }
    app
}

#[tokio::test]
async fn a_broken_database_is_told_by_a_code_and_an_id() {
    let app = broken().await;
    let query = "{ statements { nodes { summary } } }";
    let post = app
        .http()
        .post(app.url("/graphql"))
        .json(&json!({ "query": query }));
    let error = fault(post.send().await.unwrap()).await;
    assert_eq!(error["path"], json!(["statements"]));
    let stream = app
        .http()
        .post(app.url("/graphql/stream"))
        .json(&json!({ "query": query }));
    let told = stream.send().await.unwrap().text().await.unwrap();
    assert_says_nothing(&told);
    let event: Value =
        serde_json::from_str(told.split("data: ").nth(1).unwrap().lines().next().unwrap()).unwrap();
    assert_fault(&event["errors"][0]);
    let mut socket = app.socket().await;
    socket.subscribe("1", query, json!({})).await;
    assert_fault(&socket.next().await["payload"]["errors"][0]);
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
    assert_fault(&event["payload"]["errors"][0]);
    let page = app.get("/statements/239").await;
    assert_eq!(page.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_says_nothing(&page.text().await.unwrap().replace("style.css", ""));
    let health = app.get("/health").await;
    assert_eq!(health.status(), StatusCode::OK);
    assert_alive(&mut app.socket().await).await;
}

#[tokio::test]
async fn without_its_table_of_tokens_the_server_lets_nobody_in_and_says_why_to_nobody() {
    let app = TestApp::start().await;
    let outsider = app.outsider().await;
    outsider
        .execute_unprepared("ALTER TABLE api_token RENAME TO secret")
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
        fault(response).await;
    }
    let mut socket = Socket::connect(&app.ws_url()).await;
    let payload = json!({ "authorization": format!("Bearer {}", app.token) });
    socket
        .send(&json!({ "type": "connection_init", "payload": payload }))
        .await;
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 4500);
    assert_says_nothing(&reason);
    app.query("{ __typename }").await;
}

#[tokio::test]
async fn a_value_that_no_version_wrote_is_not_shown() {
    let app = TestApp::start().await;
    let outsider = app.outsider().await;
    outsider
        .execute_unprepared(
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
    fault(response.unwrap()).await;
}

#[tokio::test]
async fn an_answer_has_a_hundred_errors_at_most() {
    let app = TestApp::start().await;
    let many = "{ countries { stance(initiative: \"x\", at: { validOn: \"2025-13-01\" }) } }";
    let answer = app.answer(many, json!({})).await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 100);
    let fields: String = numbered(400, |n| format!("f{n} "));
    let answer = app.answer(&format!("{{ {fields} }}"), json!({})).await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 100);
}
