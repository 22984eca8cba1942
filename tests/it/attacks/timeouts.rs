//! Execution timeout of operations.

use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{TestApp, limits};

/// Waits for the database level by level, so that it takes many milliseconds on both databases.
const SLOW_QUERY: &str = "{ stanceChanges(first: 50) { totalCount nodes { statement { contradicts { summary }
    evidence { source { title } } subject { ... on Relationship { statements(first: 10) { totalCount nodes {
        evidence { source { title derivedFrom { title } } } } } changes(first: 10) { totalCount } } } } } } }";

pub async fn start_with_timeouts(times: TimeLimits) -> TestApp {
    TestApp::start_with_limits(Limits {
        time: times,
        ..limits()
    })
    .await
}

#[tokio::test]
async fn a_slow_operation_times_out_on_every_transport() {
    let app = start_with_timeouts(TimeLimits {
        request: Duration::from_nanos(1).into(),
        ..TimeLimits::default()
    })
    .await;
    let query = json!({ "query": SLOW_QUERY });
    for path in ["/graphql", "/graphql/stream"] {
        let response = app
            .http()
            .post(app.url(path))
            .json(&query)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT, "{path}");
        let body: Value = response.json().await.unwrap();
        let expected = json!({ "code": "TIMEOUT", "limit": "request-timeout" });
        assert_eq!(body["errors"][0]["extensions"], expected, "{path}");
    }
    let mut socket = app.connect_websocket().await;
    socket.subscribe("1", SLOW_QUERY, json!({})).await;
    let error = socket.next().await;
    let expected = json!({ "code": "TIMEOUT", "limit": "request-timeout" });
    assert_eq!(error["payload"][0]["extensions"], expected, "{error:#}");
    // An operation without a database access completes in its first poll.
    app.query("{ __typename }").await;
}
