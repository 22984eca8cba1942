//! What is told to whoever runs the server: whether it lives, whether it can serve, what it counts.

use reqwest::{Response, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::app::TestApp;
use crate::editor::standing;
use crate::socket::{PROTOCOL, Socket};
use crate::subscriptions::CHANGES;

/// Status and body.
async fn told(response: Response) -> (StatusCode, Value) {
    (response.status(), response.json().await.unwrap())
}

/// The value of a metric, by its name with labels.
#[track_caller]
fn value(metrics: &str, name: &str) -> u64 {
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("no {name} in {metrics}"));
    line.parse().unwrap()
}

impl TestApp {
    async fn metrics(&self) -> String {
        self.watch("/metrics").await.text().await.unwrap()
    }

    /// Alters the database behind the server's back.
    async fn alter(&self, sql: &str) {
        let db = sea_orm::Database::connect(self.database_url()).await;
        db.unwrap().execute_unprepared(sql).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_can_serve_says_so_at_both_addresses() {
    let app = TestApp::start_empty().await;
    let well = json!({ "status": "ok" });
    assert_eq!(
        told(app.get("/health").await).await,
        (StatusCode::OK, well.clone())
    );
    for response in [app.get("/healthz").await, app.watch("/healthz").await] {
        assert_eq!(told(response).await, (StatusCode::OK, well.clone()));
    }
    let checks = json!({ "server": "ok", "database": "ok", "migrations": "ok", "feed": "ok" });
    for response in [app.get("/readyz").await, app.watch("/readyz").await] {
        assert_eq!(response.headers()["cache-control"], "no-store");
        let ready = json!({ "status": "ok", "checks": checks });
        assert_eq!(told(response).await, (StatusCode::OK, ready));
    }
}

#[tokio::test]
async fn a_database_of_other_tables_is_not_served() {
    let app = TestApp::start_empty().await;
    app.alter("DELETE FROM seaql_migrations").await;
    let (status, report) = told(app.get("/readyz").await).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let checks = json!({ "server": "ok", "database": "ok", "migrations": "pending", "feed": "ok" });
    assert_eq!(report, json!({ "status": "unavailable", "checks": checks }));
    assert_eq!(app.get("/healthz").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_later_version_may_have_migrated_the_database() {
    let app = TestApp::start_empty().await;
    let later = "INSERT INTO seaql_migrations VALUES ('m29991231_000001_later', 0)";
    app.alter(later).await;
    assert_eq!(app.get("/readyz").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_named() {
    let app = TestApp::start_empty().await;
    app.alter("ALTER TABLE ledger_head RENAME TO lost").await;
    let (status, report) = told(app.watch("/readyz").await).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let checks = json!({
        "server": "ok", "database": "failing", "migrations": "unknown", "feed": "unknown",
    });
    assert_eq!(report["checks"], checks);
    assert!(app.metrics().await.contains("\ndemarche_ready 0\n"));
}

#[tokio::test]
async fn metrics_are_told_at_their_own_address_only() {
    let app = TestApp::start_empty().await;
    assert_eq!(app.get("/metrics").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(app.watch("/graphql").await.status(), StatusCode::NOT_FOUND);
    let response = app.watch("/metrics").await;
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
    app.answer("{ nothing }", json!({})).await;
    let text = app.metrics().await;
    let executed = "demarche_operations_total{type=\"query\",result=\"ok\"}";
    assert_eq!(value(&text, executed), 1, "the others were kept");
    assert_eq!(
        value(&text, "demarche_cache_hits_total{cache=\"answers\"}"),
        2
    );
    assert!(value(&text, "demarche_http_responses_total{status=\"200\"}") >= 3);
    let took = "demarche_operation_duration_seconds_count{type=\"query\"}";
    assert!(value(&text, took) >= 1);
    let failed = "demarche_operations_total{type=\"query\",result=\"BAD_USER_INPUT\"}";
    assert_eq!(value(&text, failed), 1);
}

#[tokio::test]
async fn a_limit_is_counted_by_its_name() {
    let app = TestApp::start_empty().await;
    let deep = format!("{}{}", "{ a".repeat(40), "}".repeat(40));
    app.answer(&deep, json!({})).await;
    let text = app.metrics().await;
    let refused = "demarche_refused_total{code=\"QUERY_TOO_COMPLEX\",limit=\"max-nesting\"}";
    assert_eq!(value(&text, refused), 1);
}

#[tokio::test]
async fn writes_and_those_who_hear_of_them_are_counted() {
    let (app, source) = TestApp::start_asking().await;
    let mut socket = app.subscribe(CHANGES, json!({})).await;
    app.stand(&source, "RW", "NAMED", "2026-01-01").await;
    socket.event().await;
    app.mutate(
        "recordStatement",
        &standing(&source, "QQ", "NAMED", "2026-01-01"),
    )
    .await;
    let text = app.metrics().await;
    for (name, expected) in [
        ("demarche_sockets", 1),
        ("demarche_subscriptions", 1),
        ("demarche_events_told_total", 1),
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
async fn a_server_that_drains_begins_nothing_long_and_finishes_what_it_began() {
    let (app, source) = TestApp::start_asking().await;
    let mut socket = app.subscribe(CHANGES, json!({})).await;
    app.server.drain();
    for response in [app.get("/readyz").await, app.watch("/readyz").await] {
        let (status, report) = told(response).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(report["checks"]["server"], "draining");
    }
    assert_eq!(app.get("/healthz").await.status(), StatusCode::OK);
    let Err(Error::Http(refused)) = Socket::connect_with(&app.ws_url(), &[PROTOCOL]).await else {
        panic!("a socket began");
    };
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["retry-after"], "1");
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
    app.stand(&source, "RW", "NAMED", "2026-01-01").await;
    assert_eq!(socket.event().await["stanceChanged"]["to"], "NAMED");
    let (stopped, code) = tokio::join!(app.stop(), socket.code());
    assert_eq!(((), 1012), (stopped, code));
}
