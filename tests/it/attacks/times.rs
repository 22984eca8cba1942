//! What would take too long.

use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{TestApp, limits};

/// Reads and folds every history for hundreds of days.
pub const LONG: &str = "{ initiatives { history(from: \"2025-01-01\", to: \"2025-12-31\", every: DAY) { tally { total } } } }";

pub async fn start(times: TimeLimits) -> TestApp {
    TestApp::start_with(Limits {
        time: times,
        ..limits()
    })
    .await
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_given_up_on_every_transport() {
    let app = start(TimeLimits {
        request: Duration::from_nanos(1).into(),
        ..TimeLimits::default()
    })
    .await;
    let query = json!({ "query": LONG });
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
        assert_eq!(body["errors"][0]["extensions"]["code"], "TIMEOUT", "{path}");
    }
    let mut socket = app.socket().await;
    socket.subscribe("1", LONG, json!({})).await;
    let error = socket.next().await;
    assert_eq!(
        error["payload"][0]["extensions"]["code"], "TIMEOUT",
        "{error:#}"
    );
    // What needs no database is ready at once.
    app.query("{ __typename }").await;
}
