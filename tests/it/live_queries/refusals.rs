//! Refused starts: counted with their code and limit on every transport.

use demarche::config::limits::{Limits, TransportLimits};
use serde_json::json;

use crate::app::{TestApp, limits};
use crate::event_streams::{SERVER_SENT_EVENTS, post};
use crate::health_and_metrics::value;

/// Allows one live query, whose answer is small.
async fn start() -> TestApp {
    let transport = TransportLimits {
        live_queries_per_address: 1,
        held_bytes_per_address: 40 << 10,
        ..TransportLimits::default()
    };
    TestApp::start_with_limits(Limits {
        transport,
        ..limits()
    })
    .await
}

/// So many starts were rejected with a code and a limit.
async fn rejections(app: &TestApp, code: &str, limit: &str) -> u64 {
    let series = format!("demarche_rejections_total{{code=\"{code}\",limit=\"{limit}\"}}");
    value(&app.metrics().await, &series)
}

#[tokio::test]
async fn a_refused_start_is_counted_on_a_websocket_as_over_http() {
    let app = start().await;
    let large = "countries { code name officialName neighbours { code name } }";
    let large = super::live("", large);
    let other = super::live("", super::RWANDA);
    let malformed = "subscription { stanceChanged(after: \"x\") { id } }";
    let (too_large, too_many) = ("max-held-bytes-per-address", "max-live-queries-per-address");
    let mut open = None;
    for (query, code, limit) in [
        (large.as_str(), "RATE_LIMITED", too_large),
        (malformed, "CURSOR_INVALID", ""),
        (&other, "RATE_LIMITED", too_many),
    ] {
        if limit == too_many {
            let mut socket = app.subscribe("query @live { __typename }", json!({})).await;
            assert_eq!(socket.next().await["type"], "next");
            open = Some(socket);
        }
        let mut socket = app.subscribe(query, json!({})).await;
        let message = socket.next().await;
        assert_eq!(message["type"], "error", "{message}");
        assert_eq!(rejections(&app, code, limit).await, 1, "{query}");
        let request = post(&app, SERVER_SENT_EVENTS, query, &json!({}));
        let response = request.send().await.unwrap();
        assert!(!response.status().is_success(), "{response:?}");
        assert_eq!(rejections(&app, code, limit).await, 2, "{query}");
    }
    drop(open);
}
