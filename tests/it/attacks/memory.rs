//! Memory that one address makes the server hold.

use demarche::config::limits::{Limits, TransportLimits};
use serde_json::{Value, json};

use super::frames::{close_code, text, upgraded};
use super::raw_connection::RawConnection;
use super::{assert_alive, until};
use crate::app::{TestApp, limits};
use crate::websocket_client::WebSocketClient;

const PER_ADDRESS: &str = "max-held-bytes-per-address";

async fn start(per_address: usize) -> TestApp {
    TestApp::start_with_limits(Limits {
        transport: TransportLimits {
            held_bytes_per_address: per_address,
            ..TransportLimits::default()
        },
        ..limits()
    })
    .await
}

/// A query that is padded to so many bytes.
fn padded(bytes: usize) -> String {
    let body = json!({ "query": "{ __typename }" }).to_string();
    let padding = " ".repeat(bytes - body.len());
    format!("{body}{padding}")
}

/// The status and error of a query of so many bytes.
async fn post(app: &TestApp, bytes: usize) -> (u16, Value) {
    let request = app.http().post(app.url("/graphql"));
    let request = request.header("content-type", "application/json");
    let response = request.body(padded(bytes)).send().await.unwrap();
    let status = response.status().as_u16();
    let has_retry_time = response.headers().contains_key("retry-after");
    assert_eq!(has_retry_time, status == 503);
    let response: Value = response.json().await.unwrap();
    (status, response["errors"][0].clone())
}

#[track_caller]
fn assert_names_limit(error: &Value) {
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED", "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(PER_ADDRESS), "{message}");
}

#[tokio::test]
async fn bodies_that_arrive_slowly_are_counted_until_they_are_released() {
    let app = start(200_000).await;
    let mut other = app.connect_websocket().await;
    assert_eq!(post(&app, 150_000).await.0, 200);
    let (status, error) = post(&app, 250_000).await;
    assert_eq!(status, 503);
    assert_names_limit(&error);
    // What has arrived counts, of a body of known length and of one in chunks.
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    let announced = format!(
        "{head}content-length: 150001\r\n\r\n{}",
        " ".repeat(150_000)
    );
    let chunk = format!("{:x}\r\n{}\r\n", 150_000, " ".repeat(150_000));
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{chunk}");
    for start in [announced, chunked] {
        let mut connection = RawConnection::open(&app).await;
        connection.send(start).await;
        until(async || (post(&app, 100_000).await.0 == 503).then_some(())).await;
        assert_eq!(post(&app, 10_000).await.0, 200);
        drop(connection);
        until(async || (post(&app, 100_000).await.0 == 200).then_some(())).await;
    }
    assert_alive(&mut other).await;
}

#[tokio::test]
async fn a_chunked_body_that_may_not_be_held_is_rejected_with_the_limit() {
    let app = start(100_000).await;
    let mut connection = RawConnection::open(&app).await;
    let chunk = format!("{:x}\r\n{}\r\n", 150_000, " ".repeat(150_000));
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    connection
        .send(format!(
            "{head}transfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n"
        ))
        .await;
    let response = connection.read_response().await;
    assert_eq!(response.status, 503);
    assert!(response.body.contains(PER_ADDRESS), "{}", response.body);
}

/// A subscription of some kilobytes that shares nothing with another one.
fn subscription(number: usize) -> String {
    let fields = "id to from kind ".repeat(100);
    format!("subscription N{number} {{ stanceChanged {{ {fields} }} }}")
}

/// Starts subscriptions until one is rejected. Returns their number and the error.
async fn subscribe_until_rejected(socket: &mut WebSocketClient) -> (usize, Value) {
    for number in 0..20 {
        socket
            .subscribe(&number.to_string(), &subscription(number), json!({}))
            .await;
        socket.send(&json!({ "type": "ping" })).await;
        let message = socket.next().await;
        if message["type"] == "error" {
            assert_eq!(socket.next().await["type"], "pong");
            return (number, message["payload"][0].clone());
        }
        assert_eq!(message["type"], "pong", "{message}");
    }
    panic!("no subscription was rejected");
}

#[tokio::test]
async fn subscriptions_are_counted_with_their_documents_until_they_end() {
    let app = start(3_000_000).await;
    let mut other = app.connect_websocket().await;
    let mut socket = app.connect_websocket().await;
    let (started, error) = subscribe_until_rejected(&mut socket).await;
    assert!(started > 1);
    assert_names_limit(&error);
    socket.send(&json!({ "type": "complete", "id": "0" })).await;
    socket.subscribe("x", &subscription(100), json!({})).await;
    socket.send(&json!({ "type": "complete", "id": "1" })).await;
    assert_alive(&mut socket).await;
    // Equal subscriptions hold one document.
    let mut equal = app.connect_websocket().await;
    for id in ["a", "b", "c"] {
        equal
            .subscribe(id, "subscription { ledgerAppended { seq } }", json!({}))
            .await;
        assert_alive(&mut equal).await;
    }
    assert_alive(&mut other).await;
}

#[tokio::test]
async fn a_filter_is_held_once_with_each_value_once() {
    // The variables of one message take less, those of two more.
    let app = start(600_000).await;
    let mut socket = app.connect_websocket().await;
    for id in 0..10 {
        let query = format!(
            "subscription N{id}($c: [ID!]) {{ stanceChanged(filter: {{ countries: $c }}) {{ id }} }}"
        );
        let filter = json!({ "c": vec!["RW"; 1_900] });
        socket.subscribe(&id.to_string(), &query, filter).await;
        assert_alive(&mut socket).await;
    }
}

#[tokio::test]
async fn an_incomplete_message_that_may_not_be_held_closes_its_websocket() {
    let app = start(40_000).await;
    let mut other = app.connect_websocket().await;
    let mut connection = upgraded(RawConnection::open(&app).await).await;
    let mut message = text(&"x".repeat(60_000));
    message.truncate(50_000);
    connection.send(message).await;
    assert_eq!(close_code(&connection.read_to_end().await), Some(1013));
    assert_alive(&mut other).await;
}

#[tokio::test]
async fn a_response_that_may_not_be_held_is_rejected_on_every_transport() {
    let app = start(60_000).await;
    let response = app.get("/schema.graphql").await;
    assert_eq!(response.status(), 503);
    let error: Value = response.json().await.unwrap();
    assert_names_limit(&error["errors"][0]);
    let query = "{ statements(first: 100) { nodes { summary citation id evidence { source { title url } } } } }";
    let response = app.execute(query, json!({})).await;
    assert_names_limit(&response["errors"][0]);
    let mut socket = app.connect_websocket().await;
    socket.subscribe("1", query, json!({})).await;
    assert_eq!(socket.close_code().await, 1013);
}

#[tokio::test]
async fn a_body_of_many_short_values_is_rejected_before_it_is_parsed() {
    let app = TestApp::start().await;
    let body = format!(
        r#"{{"query":"{{a}}","variables":{{"v":[{}1]}}}}"#,
        "1,".repeat(500_000)
    );
    for path in ["/graphql", "/graphql/stream"] {
        let request = app.http().post(app.url(path));
        let request = request
            .header("content-type", "application/json")
            .header("accept", "text/event-stream, application/json");
        let response = request.body(body.clone()).send().await.unwrap();
        assert_eq!(response.status(), 400);
        let response: Value = response.json().await.unwrap();
        let error = &response["errors"][0];
        assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error}");
    }
}
