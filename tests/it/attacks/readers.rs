//! Clients that ask for much and do not read it.

use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits};
use serde_json::{Value, json};

use super::connections::{crowd, has_place, knock};
use super::wire::Wire;
use super::{frames, numbered};
use crate::app::{TestApp, limits};

/// With room for two connections, who may both take this long to read: the one who does not, and the test's own.
async fn start() -> TestApp {
    let send = Duration::from_millis(300).into();
    TestApp::start_with(Limits {
        time: TimeLimits {
            send,
            ..TimeLimits::default()
        },
        ..crowd(2, 100)
    })
    .await
}

/// A selection of an entry that is more, for a few hundred, than all buffers on the way hold.
fn bulky() -> String {
    let copies: String = numbered(25, |n| format!("c{n}: payload "));
    format!("seq {copies} cursor")
}

/// Everything from the genesis, to somebody who does not read.
async fn subscription(app: &TestApp) -> String {
    let (genesis, bulky) = (app.genesis().await, bulky());
    let query = format!("subscription {{ ledgerAppended(after: \"{genesis}\") {{ {bulky} }} }}");
    json!({ "query": query }).to_string()
}

/// Waits until the one who does not read is cut; others are answered meanwhile.
async fn cut(app: &TestApp) {
    assert_eq!(knock(app).await, 503);
    app.query("{ __typename }").await;
    has_place(app).await;
}

/// Resumes after the last whole event, which must be the last of a beginning without a gap, and hears all the others.
async fn resume(app: &TestApp, events: &[Value]) {
    let head = app.head().await["seq"].as_i64().unwrap();
    let entries = events.iter().map(|event| &event["data"]["ledgerAppended"]);
    let numbers: Vec<i64> = entries
        .map(|entry| entry["seq"].as_i64().unwrap())
        .collect();
    let told = i64::try_from(numbers.len()).unwrap();
    assert_eq!(numbers, (1..=told).collect::<Vec<_>>());
    assert!((1..head).contains(&told), "{told} of {head} were told");
    let cursor = &events.last().unwrap()["data"]["ledgerAppended"]["cursor"];
    let query = "subscription($after: String) { ledgerAppended(after: $after) { seq } }";
    let mut socket = app.subscribe(query, json!({ "after": cursor })).await;
    for expected in told + 1..=head {
        assert_eq!(socket.event().await["ledgerAppended"]["seq"], expected);
    }
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_cut_and_resumes_without_loss() {
    let app = start().await;
    let mut wire = Wire::open_narrow(&app).await;
    wire.post("/graphql/stream", &subscription(&app).await)
        .await;
    cut(&app).await;
    let told = String::from_utf8_lossy(&wire.rest().await).into_owned();
    // An event that was cut is no JSON.
    let data = told.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<Value> = data
        .filter_map(|data| serde_json::from_str(data).ok())
        .collect();
    resume(&app, &events).await;
}

#[tokio::test]
async fn a_socket_that_nobody_reads_is_cut_and_resumes_without_loss() {
    let app = start().await;
    let mut wire = frames::upgraded(Wire::open_narrow(&app).await).await;
    let subscribe = format!(
        r#"{{"type":"subscribe","id":"1","payload":{}}}"#,
        subscription(&app).await
    );
    wire.send(frames::text(r#"{"type":"connection_init"}"#))
        .await;
    wire.send(frames::text(&subscribe)).await;
    cut(&app).await;
    let told = wire.rest().await;
    let messages = frames::payloads(&told).into_iter();
    let messages = messages.map(|payload| serde_json::from_slice::<Value>(payload).unwrap());
    let events = messages.filter(|message| message["type"] == "next");
    let events: Vec<Value> = events.map(|mut event| event["payload"].take()).collect();
    resume(&app, &events).await;
}

#[tokio::test]
async fn answers_that_nobody_reads_are_cut() {
    let app = start().await;
    let query = format!(
        "{{ ledger {{ entries(first: 100) {{ nodes {{ {} }} }} }} }}",
        bulky()
    );
    let query = json!({ "query": query }).to_string();
    app.query("{ __typename }").await;
    let mut wire = Wire::open_narrow(&app).await;
    for _ in 0..30 {
        wire.post("/graphql", &query).await;
    }
    cut(&app).await;
    let told = wire.rest().await;
    let answers = String::from_utf8_lossy(&told)
        .matches("HTTP/1.1 200 OK")
        .count();
    assert!((1..30).contains(&answers), "{answers}");
}

#[tokio::test]
async fn whoever_stalls_holds_up_nobody_who_wants_the_same() {
    let time = TimeLimits {
        send: Duration::from_mins(2).into(),
        ..TimeLimits::default()
    };
    let app = TestApp::start_with(Limits { time, ..limits() }).await;
    let genesis = app.genesis().await;
    let copies = numbered(12, |n| format!("s{n}: statement {{ ...S }} "));
    let query = format!("subscription {{ ledgerAppended(after: \"{genesis}\") {{ seq {copies} }} }}
        fragment S on Statement {{ summary evidence {{ source {{ title derivedFrom {{ title }} }} }} contradictedBy {{ id }} contradicts {{ id }} }}");
    let query = json!({ "query": query }).to_string();
    let mut stalled = frames::upgraded(Wire::open_narrow(&app).await).await;
    let ping = format!(
        r#"{{"type":"ping","payload":{{"x":"{}"}}}}"#,
        "x".repeat(60_000)
    );
    let subscribe = format!(r#"{{"type":"subscribe","id":"1","payload":{query}}}"#);
    let init = frames::text(r#"{"type":"connection_init"}"#);
    let pings = frames::text(&ping).repeat(150);
    // It asks for events and, while one is being made, for so many other answers that it is stuck in them.
    let stalled = tokio::spawn(async move {
        stalled
            .send([init, frames::text(&subscribe), pings].concat())
            .await;
        stalled
    });
    let query: Value = serde_json::from_str(&query).unwrap();
    let mut other = app
        .subscribe(query["query"].as_str().unwrap(), json!({}))
        .await;
    for seq in 1..=492 {
        assert_eq!(other.event().await["ledgerAppended"]["seq"], seq);
    }
    stalled.abort();
}
