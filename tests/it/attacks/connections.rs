//! Connection limits: too many connections, and requests that arrive too slowly.

use std::time::Duration;

use demarche::config::access::AccessConfig;
use demarche::config::limits::{Limits, TimeLimits, TransportLimits};
use serde_json::{Value, json};

use super::raw_connection::{RawConnection, RawResponse};
use super::server_process::ServerProcess;
use super::{assert_alive, status_of, until};
use crate::app::{TestApp, limits};
use crate::database::TestDatabase;
use crate::transport::SUBSCRIPTION;
use crate::websocket_client::{PROTOCOL, WebSocketClient};

const SHORT: Duration = Duration::from_millis(300);
const HEALTH: &str = "GET /health HTTP/1.1\r\nhost: a\r\n\r\n";
const POST: &str = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n";

fn times(times: TimeLimits) -> Limits {
    Limits {
        time: times,
        ..limits()
    }
}

pub(super) fn connection_limits(connections: usize, per_address: usize) -> Limits {
    Limits {
        transport: TransportLimits {
            connections,
            connections_per_address: per_address,
            ..TransportLimits::default()
        },
        ..limits()
    }
}

/// Waits until a new connection is accepted.
pub(super) async fn wait_for_permit(app: &TestApp) {
    until(async || (status_on_new_connection(app).await == 200).then_some(())).await;
}

/// The status of a request on a new connection.
pub(super) async fn status_on_new_connection(app: &TestApp) -> u16 {
    let mut connection = RawConnection::open(app).await;
    connection.send(HEALTH).await;
    connection.read_response().await.status
}

#[tokio::test]
async fn slow_requests_are_disconnected() {
    let app = TestApp::start_with_limits(times(TimeLimits {
        header: SHORT.into(),
        body: SHORT.into(),
        ..TimeLimits::default()
    }))
    .await;
    let mut other = app.connect_websocket().await;
    for (start, drip, expected) in [
        ("", "", ""),
        ("GET /health HTTP/1.1\r\nx: ", "", ""),
        ("GET /health HTTP/1.1\r\nx: ", "x", ""),
        (HEALTH, "", "HTTP/1.1 200 "),
        (HEALTH, "\r\n", "HTTP/1.1 200 "),
        (POST, "", "HTTP/1.1 408 "),
        (POST, " ", "HTTP/1.1 408 "),
    ] {
        let mut connection = RawConnection::open(&app).await;
        connection.send(start).await;
        let response = String::from_utf8(connection.drip(drip.as_bytes()).await).unwrap();
        assert!(
            response.starts_with(expected),
            "{start} {drip:?}: {response}"
        );
        assert!(
            !expected.is_empty() || response.is_empty(),
            "{start} {drip:?}: {response}"
        );
        assert_alive(&mut other).await;
    }
}

#[tokio::test]
async fn connections_per_address_are_limited_and_permits_are_returned() {
    let app = TestApp::start_with_limits(connection_limits(100, 3)).await;
    let first = RawConnection::open(&app).await;
    let stream = app
        .http()
        .post(app.url("/graphql/stream"))
        .json(&json!({ "query": SUBSCRIPTION }));
    let stream = stream.send().await.unwrap();
    let socket = app.connect_websocket().await;
    let mut connection = RawConnection::open(&app).await;
    let rejection = connection.read_response().await;
    assert_eq!(rejection.status, 503);
    assert!(
        rejection.head.contains("\r\nretry-after: 1\r\n"),
        "{rejection:?}"
    );
    assert_limit(&rejection, "max-connections-per-address");
    drop(socket);
    let url = app.ws_url();
    let socket = until(async || WebSocketClient::connect_with(&url, &[PROTOCOL]).await.ok()).await;
    assert_eq!(status_on_new_connection(&app).await, 503);
    drop(stream);
    wait_for_permit(&app).await;
    drop((first, socket));
    wait_for_permit(&app).await;
}

#[tokio::test]
async fn the_total_number_of_connections_is_limited() {
    let app = TestApp::start_with_limits(connection_limits(2, 100)).await;
    let (first, _second) = (
        RawConnection::open(&app).await,
        app.connect_websocket().await,
    );
    let mut connection = RawConnection::open(&app).await;
    let rejection = connection.read_response().await;
    assert_eq!(rejection.status, 503);
    assert_limit(&rejection, "max-connections");
    drop(first);
    wait_for_permit(&app).await;
}

/// The error is that of a request which is rejected for the same limit.
#[track_caller]
fn assert_limit(rejection: &RawResponse, limit: &str) {
    let body: Value = serde_json::from_str(&rejection.body).unwrap();
    let expected = json!({ "code": "RATE_LIMITED", "limit": limit, "retryAfter": 1 });
    assert_eq!(body["errors"][0]["extensions"], expected);
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains(&format!("(--{limit})")), "{message}");
}

#[tokio::test]
async fn behind_a_proxy_websockets_and_streams_are_counted_by_client() {
    let access = AccessConfig {
        proxies: vec!["127.0.0.1/32".parse().unwrap()],
        ..AccessConfig::default()
    };
    let app = TestApp::start_with_limits_and_access(connection_limits(100, 2), access).await;
    let open = async |client: &str| {
        let headers = [PROTOCOL, ("x-forwarded-for", client)];
        WebSocketClient::connect_with(&app.ws_url(), &headers).await
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
    for (path, accept) in [
        ("/graphql/stream", "text/event-stream"),
        ("/graphql", "text/event-stream"),
        (
            "/graphql",
            "multipart/mixed;subscriptionSpec=1.0, application/json",
        ),
        ("/graphql", "application/jsonl"),
    ] {
        let stream = app.http().post(app.url(path)).header("accept", accept);
        let stream = stream.header("x-forwarded-for", "192.0.2.1");
        let stream = stream.json(&json!({ "query": SUBSCRIPTION })).send().await;
        let stream = stream.unwrap();
        assert_eq!(stream.status(), 503, "{accept}");
        let body: Value = stream.json().await.unwrap();
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!(extensions["limit"], "max-connections-per-address");
    }
    let _other = open("192.0.2.2").await.unwrap();
    // The TCP connections belong to the proxy, which needs more of them than a client.
    for _ in 0..10 {
        assert_eq!(status_on_new_connection(&app).await, 200);
    }
    drop(first);
    until(async || open("192.0.2.1").await.ok()).await;
}

#[tokio::test]
async fn out_of_file_descriptors_open_connections_are_served_and_new_ones_wait() {
    let test_db = TestDatabase::with_bundled_data().await;
    let server = ServerProcess::start(&test_db, "ulimit -n 64;");
    let mut first = RawConnection::to(server.address).await;
    let query = json!({ "query": "{ ledger { head { seq } } }" }).to_string();
    first.post("/graphql", &query).await;
    assert_eq!(first.read_response().await.status, 200);
    let mut connections = Vec::new();
    for _ in 0..100 {
        connections.push(RawConnection::to(server.address).await);
    }
    first.post("/graphql", &query).await;
    assert_eq!(first.read_response().await.status, 200);
    drop(connections);
    let mut last = RawConnection::to(server.address).await;
    last.post("/graphql", &query).await;
    assert_eq!(last.read_response().await.status, 200);
    let log = server.stop_and_read_log(&test_db);
    assert!(log.contains("cannot accept connections"), "{log}");
}
