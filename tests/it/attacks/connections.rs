//! Connections: too many, or too slow.

use std::time::Duration;

use demarche::config::access::Doors;
use demarche::config::limits::{Limits, TimeLimits, TransportLimits};
use serde_json::{Value, json};

use super::program::Program;
use super::wire::Wire;
use super::{assert_alive, status_of, until};
use crate::app::{TestApp, limits};
use crate::database::Home;
use crate::socket::{PROTOCOL, Socket};
use crate::transport::SUBSCRIPTION;

const SHORT: Duration = Duration::from_millis(300);
const HEALTH: &str = "GET /health HTTP/1.1\r\nhost: a\r\n\r\n";
const POST: &str = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n";

fn times(times: TimeLimits) -> Limits {
    Limits {
        time: times,
        ..limits()
    }
}

pub(super) fn crowd(connections: usize, per_address: usize) -> Limits {
    Limits {
        transport: TransportLimits {
            connections,
            connections_per_address: per_address,
            ..TransportLimits::default()
        },
        ..limits()
    }
}

/// Waits until a connection is let in.
pub(super) async fn has_place(app: &TestApp) {
    until(async || (knock(app).await == 200).then_some(())).await;
}

/// The status of a request on a connection of its own.
pub(super) async fn knock(app: &TestApp) -> u16 {
    let mut wire = Wire::open(app).await;
    wire.send(HEALTH).await;
    wire.answer().await.status
}

#[tokio::test]
async fn whoever_is_slow_to_ask_is_cut() {
    let app = TestApp::start_with(times(TimeLimits {
        header: SHORT.into(),
        body: SHORT.into(),
        ..TimeLimits::default()
    }))
    .await;
    let mut other = app.socket().await;
    for (begin, drip, said) in [
        ("", "", ""),
        ("GET /health HTTP/1.1\r\nx: ", "", ""),
        ("GET /health HTTP/1.1\r\nx: ", "x", ""),
        (HEALTH, "", "HTTP/1.1 200 "),
        (HEALTH, "\r\n", "HTTP/1.1 200 "),
        (POST, "", "HTTP/1.1 408 "),
        (POST, " ", "HTTP/1.1 408 "),
    ] {
        let mut wire = Wire::open(&app).await;
        wire.send(begin).await;
        let answer = String::from_utf8(wire.drip(drip.as_bytes()).await).unwrap();
        assert!(answer.starts_with(said), "{begin} {drip:?}: {answer}");
        assert!(
            !said.is_empty() || answer.is_empty(),
            "{begin} {drip:?}: {answer}"
        );
        assert_alive(&mut other).await;
    }
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_gets_each_back() {
    let app = TestApp::start_with(crowd(100, 3)).await;
    let first = Wire::open(&app).await;
    let stream = app
        .http()
        .post(app.url("/graphql/stream"))
        .json(&json!({ "query": SUBSCRIPTION }));
    let stream = stream.send().await.unwrap();
    let socket = app.socket().await;
    let mut wire = Wire::open(&app).await;
    let refused = wire.answer().await;
    assert_eq!(refused.status, 503);
    assert!(
        refused.head.contains("\r\nretry-after: 1\r\n"),
        "{refused:?}"
    );
    let body: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    drop(socket);
    let url = app.ws_url();
    let socket = until(async || Socket::connect_with(&url, &[PROTOCOL]).await.ok()).await;
    assert_eq!(knock(&app).await, 503);
    drop(stream);
    has_place(&app).await;
    drop((first, socket));
    has_place(&app).await;
}

#[tokio::test]
async fn all_together_have_so_many_connections() {
    let app = TestApp::start_with(crowd(2, 100)).await;
    let (first, _second) = (Wire::open(&app).await, app.socket().await);
    assert_eq!(knock(&app).await, 503);
    drop(first);
    has_place(&app).await;
}

#[tokio::test]
async fn behind_a_proxy_sockets_and_streams_are_counted_by_client() {
    let doors = Doors {
        proxies: vec!["127.0.0.1/32".parse().unwrap()],
        ..Doors::default()
    };
    let app = TestApp::start_as(crowd(100, 2), doors).await;
    let open = async |client: &str| {
        let headers = [PROTOCOL, ("x-forwarded-for", client)];
        Socket::connect_with(&app.ws_url(), &headers).await
    };
    let stream = async |client: &str| {
        let stream = app
            .http()
            .post(app.url("/graphql/stream"))
            .header("x-forwarded-for", client);
        stream
            .json(&json!({ "query": SUBSCRIPTION }))
            .send()
            .await
            .unwrap()
    };
    let first = open("192.0.2.1").await.unwrap();
    let _second = stream("192.0.2.1").await;
    assert_eq!(status_of(open("192.0.2.1").await), 503);
    assert_eq!(status_of(open("198.51.100.7, 192.0.2.1").await), 503);
    assert_eq!(stream("192.0.2.1").await.status(), 503);
    let _other = open("192.0.2.2").await.unwrap();
    // The connections are the proxy's, and it needs more of them than a client.
    for _ in 0..10 {
        assert_eq!(knock(&app).await, 200);
    }
    drop(first);
    until(async || open("192.0.2.1").await.ok()).await;
}

#[tokio::test]
async fn out_of_descriptors_the_server_answers_whom_it_has_and_goes_on() {
    let home = Home::shipped().await;
    let server = Program::start(&home, "ulimit -n 64;");
    let mut first = Wire::to(server.address).await;
    let query = json!({ "query": "{ ledger { head { seq } } }" }).to_string();
    first.post("/graphql", &query).await;
    assert_eq!(first.answer().await.status, 200);
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(Wire::to(server.address).await);
    }
    first.post("/graphql", &query).await;
    assert_eq!(first.answer().await.status, 200);
    drop(crowd);
    let mut last = Wire::to(server.address).await;
    last.post("/graphql", &query).await;
    assert_eq!(last.answer().await.status, 200);
    let log = server.log(&home);
    assert!(log.contains("no connection can be accepted"), "{log}");
}
