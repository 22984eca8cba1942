//! Health checks and metrics: liveness, readiness and counters at the public and at the admin address.

use reqwest::{Response, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::app::TestApp;
use crate::fixtures::stance_input;
use crate::subscriptions::CHANGES;
use crate::websocket_client::{PROTOCOL, WebSocketClient};

/// Status and body.
async fn status_and_body(response: Response) -> (StatusCode, Value) {
    (response.status(), response.json().await.unwrap())
}

/// The value of a metric, by its name with labels.
#[track_caller]
pub fn value(metrics: &str, name: &str) -> u64 {
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("no {name} in {metrics}"));
    line.parse().unwrap()
}

impl TestApp {
    pub async fn metrics(&self) -> String {
        self.get_admin("/metrics").await.text().await.unwrap()
    }

    /// Alters the database directly while the server runs.
    async fn alter(&self, sql: &str) {
        let db = sea_orm::Database::connect(self.database_url()).await;
        db.unwrap().execute_unprepared(sql).await.unwrap();
    }
}

#[tokio::test]
async fn a_ready_server_reports_ok_at_both_addresses() {
    let app = TestApp::start_empty().await;
    let healthy = json!({ "status": "ok" });
    assert_eq!(
        status_and_body(app.get("/health").await).await,
        (StatusCode::OK, healthy.clone())
    );
    for response in [app.get("/healthz").await, app.get_admin("/healthz").await] {
        assert_eq!(
            status_and_body(response).await,
            (StatusCode::OK, healthy.clone())
        );
    }
    let checks = json!({ "server": "ok", "database": "ok", "migrations": "ok", "feed": "ok", "writes": "ok", "webhooks": "ok" });
    for response in [app.get("/readyz").await, app.get_admin("/readyz").await] {
        assert_eq!(response.headers()["cache-control"], "no-store");
        let ready = json!({ "status": "ok", "checks": checks });
        assert_eq!(status_and_body(response).await, (StatusCode::OK, ready));
    }
}

#[tokio::test]
async fn pending_migrations_make_the_server_unready() {
    let app = TestApp::start_empty().await;
    app.alter("DELETE FROM seaql_migrations").await;
    let (status, report) = status_and_body(app.get("/readyz").await).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let checks = json!({ "server": "ok", "database": "ok", "migrations": "pending", "feed": "ok", "writes": "ok", "webhooks": "ok" });
    assert_eq!(report, json!({ "status": "unavailable", "checks": checks }));
    assert_eq!(app.get("/healthz").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn migrations_of_a_later_version_leave_the_server_ready() {
    let app = TestApp::start_empty().await;
    let later = "INSERT INTO seaql_migrations VALUES ('m29991231_000001_later', 0)";
    app.alter(later).await;
    assert_eq!(app.get("/readyz").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_failing_database_is_reported() {
    let app = TestApp::start_empty().await;
    app.alter("ALTER TABLE ledger_head RENAME TO renamed").await;
    let (status, report) = status_and_body(app.get_admin("/readyz").await).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let checks = json!({
        "server": "ok", "database": "failing", "migrations": "unknown", "feed": "unknown", "writes": "ok",
        "webhooks": "unknown",
    });
    assert_eq!(report["checks"], checks);
    assert!(app.metrics().await.contains("\ndemarche_ready 0\n"));
}

#[tokio::test]
async fn metrics_are_in_the_format_that_accept_prefers() {
    let app = TestApp::start_empty().await;
    let url = format!("http://{}/metrics", app.server.admin_address.unwrap());
    let open_metrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let prometheus = "text/plain; version=0.0.4; charset=utf-8";
    for (accept, expected) in [
        ("*/*", open_metrics),
        (
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
            open_metrics,
        ),
        ("text/plain", prometheus),
        ("text/plain;version=0.0.4;q=1,*/*;q=0.1", prometheus),
    ] {
        let request = app.http().get(&url).header("accept", accept);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], expected, "{accept}");
        let text = response.text().await.unwrap();
        let is_open_metrics = expected == open_metrics;
        assert_eq!(text.ends_with("# EOF\n"), is_open_metrics);
        let counter = "# TYPE demarche_http_responses_total counter\n";
        assert_eq!(text.contains(counter), !is_open_metrics, "{text}");
        let info = "# TYPE demarche_build_info gauge\n";
        assert_eq!(text.contains(info), !is_open_metrics, "{text}");
        assert!(text.contains("\ndemarche_http_responses_total{status=\"200\"} "));
    }
}

#[tokio::test]
async fn metrics_are_served_at_the_admin_address_only() {
    let app = TestApp::start_empty().await;
    assert_eq!(app.get("/metrics").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        app.get_admin("/graphql").await.status(),
        StatusCode::NOT_FOUND
    );
    let response = app.get_admin("/metrics").await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(response.headers()["content-type"], kind);
    let text = response.text().await.unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        value(
            &text,
            &format!("demarche_build_info{{version=\"{version}\"}}")
        ),
        1
    );
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn operations_and_caches_are_counted() {
    let app = TestApp::start_empty().await;
    for _ in 0..3 {
        app.query("{ country(code: \"SE\") { name } }").await;
    }
    app.execute("{ nothing }", json!({})).await;
    let text = app.metrics().await;
    let executed = "demarche_operations_total{type=\"query\",result=\"ok\"}";
    assert_eq!(value(&text, executed), 1, "the others were cached");
    assert_eq!(
        value(&text, "demarche_cache_hits_total{cache=\"responses\"}"),
        2
    );
    assert!(value(&text, "demarche_http_responses_total{status=\"200\"}") >= 3);
    let duration = "demarche_operation_duration_seconds_count{type=\"query\"}";
    assert!(value(&text, duration) >= 1);
    let failed = "demarche_operations_total{type=\"query\",result=\"BAD_USER_INPUT\"}";
    assert_eq!(value(&text, failed), 1);
}

#[tokio::test]
async fn every_counter_exists_before_the_first_fault() {
    let app = TestApp::start_empty().await;
    let text = app.metrics().await;
    for series in [
        "demarche_operations_total{type=\"query\",result=\"INTERNAL_SERVER_ERROR\"}",
        "demarche_operations_total{type=\"mutation\",result=\"STORAGE_FULL\"}",
        "demarche_operations_total{type=\"subscription\",result=\"OTHER\"}",
        "demarche_writes_total{type=\"command\",result=\"STORAGE_FULL\"}",
        "demarche_rejections_total{code=\"UNAUTHENTICATED\",limit=\"\"}",
        "demarche_rejections_total{code=\"RATE_LIMITED\",limit=\"rate-limit\"}",
        "demarche_rejections_total{code=\"QUERY_TOO_COMPLEX\",limit=\"max-cost\"}",
        "demarche_http_responses_total{status=\"500\"}",
        "demarche_cache_misses_total{cache=\"event_payloads\"}",
    ] {
        assert_eq!(value(&text, series), 0, "{series}");
    }
}

#[tokio::test]
async fn rejections_are_counted_by_limit() {
    let app = TestApp::start_empty().await;
    let deep = format!("{}{}", "{ a".repeat(40), "}".repeat(40));
    app.execute(&deep, json!({})).await;
    let text = app.metrics().await;
    let rejections = "demarche_rejections_total{code=\"QUERY_TOO_COMPLEX\",limit=\"max-nesting\"}";
    assert_eq!(value(&text, rejections), 1);
}

#[tokio::test]
async fn writes_and_deliveries_are_counted() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut socket = app.subscribe(CHANGES, json!({})).await;
    app.record_stance(&source, "RW", "NAMED", "2026-01-01")
        .await;
    socket.event().await;
    app.try_mutate(
        "recordStatement",
        &stance_input(&source, "QQ", "NAMED", "2026-01-01"),
    )
    .await;
    let text = app.metrics().await;
    for (name, expected) in [
        ("demarche_websockets", 1),
        ("demarche_subscriptions", 1),
        ("demarche_events_delivered_total", 1),
        (
            "demarche_operations_total{type=\"subscription\",result=\"ok\"}",
            1,
        ),
        ("demarche_writes_total{type=\"command\",result=\"ok\"}", 3),
        ("demarche_feed_lag_entries", 0),
    ] {
        assert_eq!(value(&text, name), expected, "{name} in {text}");
    }
    let head = app.head().await["seq"].as_u64().unwrap();
    assert_eq!(value(&text, "demarche_ledger_head"), head);
}

#[tokio::test]
async fn a_draining_server_rejects_new_subscriptions_and_serves_open_ones() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut socket = app.subscribe(CHANGES, json!({})).await;
    app.server.drain();
    for response in [app.get("/readyz").await, app.get_admin("/readyz").await] {
        let (status, report) = status_and_body(response).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(report["checks"]["server"], "draining");
    }
    assert_eq!(app.get("/healthz").await.status(), StatusCode::OK);
    let Err(Error::Http(rejection)) =
        WebSocketClient::connect_with(&app.ws_url(), &[PROTOCOL]).await
    else {
        panic!("the WebSocket opened");
    };
    assert_eq!(rejection.status(), 503);
    assert_eq!(rejection.headers()["retry-after"], "1");
    let stream = app
        .http()
        .get(app.url("/graphql/stream?query={__typename}"));
    let stream = stream
        .header("accept", "text/event-stream")
        .send()
        .await
        .unwrap();
    assert_eq!(stream.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stream.headers()["retry-after"], "1");
    app.record_stance(&source, "RW", "NAMED", "2026-01-01")
        .await;
    assert_eq!(socket.event().await["stanceChanged"]["to"], "NAMED");
    let (stopped, code) = tokio::join!(app.stop(), socket.close_code());
    assert_eq!(((), 1012), (stopped, code));
}

#[tokio::test]
async fn entries_are_rejected_and_reported_while_the_clock_is_behind_the_ledger() {
    let (tolerant, source_id) = TestApp::start_with_initiative().await;
    let app = tolerant
        .start_another_with(|serve| demarche::config::Serve {
            allow_clock_behind: false,
            ..serve
        })
        .await;
    let input = |key: &str| {
        let mut input = stance_input(&source_id, "RW", "AGREED", "2026-11-20");
        input["idempotencyKey"] = json!(key);
        json!({ "input": input })
    };
    let record = "mutation ($input: RecordStatementInput!) { recordStatement(input: $input) { statement { id number } } }";
    let first = app.execute_as_editor(record, input("first")).await;
    assert!(first.get("errors").is_none(), "{first:#}");
    app.set_clock("2026-11-23T11:58:00Z");
    let rejection = app.execute_as_editor(record, input("second")).await;
    let error = &rejection["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{rejection:#}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("--allow-clock-behind"), "{message}");
    assert_eq!(app.execute_as_editor(record, input("first")).await, first);
    let (status, body) = status_and_body(app.get_admin("/readyz").await).await;
    assert_eq!(
        (status, &body["status"]),
        (StatusCode::OK, &json!("degraded"))
    );
    assert_eq!(body["checks"]["writes"], "clock_behind");
    let gauge = r#"demarche_writes_suspended{reason="clock_behind"}"#;
    assert_eq!(value(&app.metrics().await, gauge), 1);

    app.set_clock("2026-11-23T12:00:01Z");
    let second = app.execute_as_editor(record, input("second")).await;
    assert!(second.get("errors").is_none(), "{second:#}");
    assert_eq!(value(&app.metrics().await, gauge), 0);
    app.set_clock("2026-11-22T00:00:00Z");
    tolerant.set_clock("2026-11-22T00:00:00Z");
    let third = tolerant.execute_as_editor(record, input("third")).await;
    assert!(third.get("errors").is_none(), "{third:#}");
}
