//! Slow clients: the server disconnects clients that do not read, and they resume without loss.

use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits};
use serde_json::{Value, json};

use super::connections::{connection_limits, status_on_new_connection, wait_for_permit};
use super::raw_connection::RawConnection;
use super::{frames, numbered, until};
use crate::app::{TestApp, limits};

/// Allows two connections (the slow client and the test itself) and a send timeout of 300 ms.
async fn start() -> TestApp {
    let send = Duration::from_millis(300).into();
    TestApp::start_with_limits(Limits {
        time: TimeLimits {
            send,
            ..TimeLimits::default()
        },
        ..connection_limits(2, 100)
    })
    .await
}

/// A selection so large that a few hundred entries exceed all buffers between server and client.
fn bulky() -> String {
    let copies: String = numbered(25, |n| format!("c{n}: payload "));
    format!("seq {copies} cursor")
}

/// The request body of a subscription to all entries from the genesis.
async fn subscription(app: &TestApp) -> String {
    let (genesis, bulky) = (app.genesis().await, bulky());
    let query = format!("subscription {{ ledgerAppended(after: \"{genesis}\") {{ {bulky} }} }}");
    json!({ "query": query }).to_string()
}

/// Waits until the slow client is disconnected; other clients are served meanwhile.
async fn wait_until_disconnected(app: &TestApp) {
    assert_eq!(status_on_new_connection(app).await, 503);
    app.query("{ __typename }").await;
    wait_for_permit(app).await;
}

/// Resumes after the last complete event and receives all others; the events must start at 1 and have no gap.
async fn resume(app: &TestApp, events: &[Value]) {
    let head = app.head().await["seq"].as_i64().unwrap();
    let entries = events.iter().map(|event| &event["data"]["ledgerAppended"]);
    let numbers: Vec<i64> = entries
        .map(|entry| entry["seq"].as_i64().unwrap())
        .collect();
    let received = i64::try_from(numbers.len()).unwrap();
    assert_eq!(numbers, (1..=received).collect::<Vec<_>>());
    assert!(
        (1..head).contains(&received),
        "{received} of {head} were received"
    );
    let cursor = &events.last().unwrap()["data"]["ledgerAppended"]["cursor"];
    let query = "subscription($after: String) { ledgerAppended(after: $after) { seq } }";
    let mut socket = app.subscribe(query, json!({ "after": cursor })).await;
    for expected in received + 1..=head {
        assert_eq!(socket.event().await["ledgerAppended"]["seq"], expected);
    }
}

#[tokio::test]
async fn an_unread_event_stream_is_disconnected_and_resumes_without_loss() {
    let app = start().await;
    let mut connection = RawConnection::open_with_small_buffer(&app).await;
    connection
        .post("/graphql/stream", &subscription(&app).await)
        .await;
    wait_until_disconnected(&app).await;
    let text = String::from_utf8_lossy(&connection.read_to_end().await).into_owned();
    // A truncated event is not valid JSON.
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<Value> = data
        .filter_map(|data| serde_json::from_str(data).ok())
        .collect();
    resume(&app, &events).await;
}

#[tokio::test]
async fn an_unread_websocket_is_disconnected_and_resumes_without_loss() {
    let app = start().await;
    let mut connection = frames::upgraded(RawConnection::open_with_small_buffer(&app).await).await;
    let subscribe = format!(
        r#"{{"type":"subscribe","id":"1","payload":{}}}"#,
        subscription(&app).await
    );
    connection
        .send(frames::text(r#"{"type":"connection_init"}"#))
        .await;
    connection.send(frames::text(&subscribe)).await;
    wait_until_disconnected(&app).await;
    let bytes = connection.read_to_end().await;
    let messages = frames::payloads(&bytes).into_iter();
    let messages = messages.map(|payload| serde_json::from_slice::<Value>(payload).unwrap());
    let events = messages.filter(|message| message["type"] == "next");
    let events: Vec<Value> = events.map(|mut event| event["payload"].take()).collect();
    resume(&app, &events).await;
}

#[tokio::test]
async fn unread_responses_are_disconnected() {
    let app = start().await;
    let query = format!(
        "{{ ledger {{ entries(first: 100) {{ nodes {{ {} }} }} }} }}",
        bulky()
    );
    let query = json!({ "query": query }).to_string();
    app.query("{ __typename }").await;
    let mut connection = RawConnection::open_with_small_buffer(&app).await;
    for _ in 0..30 {
        connection.post("/graphql", &query).await;
    }
    wait_until_disconnected(&app).await;
    let bytes = connection.read_to_end().await;
    let responses = String::from_utf8_lossy(&bytes)
        .matches("HTTP/1.1 200 OK")
        .count();
    assert!((1..30).contains(&responses), "{responses}");
}

#[tokio::test]
async fn a_client_that_reads_a_file_slowly_gives_its_place_back() {
    let time = TimeLimits {
        send: Duration::from_mins(2).into(),
        export_file: Duration::from_secs(10).into(),
        ..TimeLimits::default()
    };
    let app = TestApp::start_with_limits(Limits { time, ..limits() }).await;
    let path = "/export/demarche.sqlite";
    let whole = app.get(path).await.bytes().await.unwrap().len();
    let mut slow = RawConnection::open_with_small_buffer(&app).await;
    slow.send(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"))
        .await;
    assert_eq!(slow.read_byte().await, Some(b'H'));
    until(async || (app.get(path).await.status() == 200).then_some(())).await;
    // Its file was cut, not complete.
    let received = slow.read_to_end().await;
    assert!(received.starts_with(b"TTP/1.1 200 OK"));
    assert!(received.len() < whole, "{} of {whole}", received.len());
}

#[tokio::test]
async fn a_stalled_subscriber_does_not_delay_identical_subscriptions() {
    let time = TimeLimits {
        send: Duration::from_mins(2).into(),
        ..TimeLimits::default()
    };
    let app = TestApp::start_with_limits(Limits { time, ..limits() }).await;
    let genesis = app.genesis().await;
    let copies = numbered(12, |n| format!("s{n}: statement {{ ...S }} "));
    let query = format!("subscription {{ ledgerAppended(after: \"{genesis}\") {{ seq {copies} }} }}
        fragment S on Statement {{ summary evidence {{ source {{ title derivedFrom {{ title }} }} }} contradictedBy {{ id }} contradicts {{ id }} }}");
    let query = json!({ "query": query }).to_string();
    let mut stalled = frames::upgraded(RawConnection::open_with_small_buffer(&app).await).await;
    let ping = format!(
        r#"{{"type":"ping","payload":{{"x":"{}"}}}}"#,
        "x".repeat(60_000)
    );
    let subscribe = format!(r#"{{"type":"subscribe","id":"1","payload":{query}}}"#);
    let init = frames::text(r#"{"type":"connection_init"}"#);
    let pings = frames::text(&ping).repeat(150);
    // It subscribes and, while an event is executed, sends so many pings that the pongs block its connection.
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
    for seq in 1..=676 {
        assert_eq!(other.event().await["ledgerAppended"]["seq"], seq);
    }
    stalled.abort();
}
