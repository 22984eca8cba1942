//! Snapshots and deltas: the last state of each day, and the entries between two of them.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::app::TestApp;

async fn text(app: &TestApp, path: &str) -> String {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.text().await.unwrap()
}

async fn index(app: &TestApp, query: &str) -> Vec<Value> {
    let path = format!("/data/index.json{query}");
    let Value::Array(list) = serde_json::from_str(&text(app, &path).await).unwrap() else {
        panic!("{path} is no list")
    };
    list
}

/// The path of a URL.
fn path_of(url: &Value) -> &str {
    let url = url.as_str().unwrap();
    url.strip_prefix("https://demarche.example").unwrap()
}

/// Three days with entries, of which the second has two, and one without.
async fn start() -> TestApp {
    let (app, source) = TestApp::start_with_initiative().await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    app.set_clock("2026-11-24T12:00:00Z");
    app.record_stance(&source, "UG", "NAMED", "2025-06-02")
        .await;
    app.record_stance(&source, "RW", "AGREED", "2025-06-03")
        .await;
    app.set_clock("2026-11-26T00:00:00Z");
    app.record_stance(&source, "XK", "NAMED", "2025-06-03")
        .await;
    app
}

#[tokio::test]
async fn the_index_has_the_last_state_of_each_day_newest_first() {
    let app = start().await;
    let all = index(&app, "").await;
    let seqs: Vec<i64> = all.iter().map(|one| one["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, [6, 5, 3]);
    let froms: Vec<&Value> = all.iter().map(|one| &one["delta"]["from"]).collect();
    assert_eq!(froms, [&json!(5), &json!(3), &json!(0)]);
    for one in &all {
        let ledger = format!("{}ledger.ndjson", path_of(&one["url"]));
        let footer = text(&app, &ledger).await;
        let footer: Value = serde_json::from_str(footer.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&footer["count"], &footer["head"]),
            (&one["seq"], &one["hash"])
        );
    }
    let earlier = index(&app, "?before=5").await;
    assert_eq!(earlier[0]["seq"], 4, "a day that is cut has another end");
    assert_eq!(earlier[1], all[2]);
    assert_eq!(index(&app, "?before=1").await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_first_snapshot_and_the_deltas_are_the_newest_one() {
    let app = start().await;
    let mut all = index(&app, "").await;
    all.reverse();
    let ledger_of = |one: &Value| format!("{}ledger.ndjson", path_of(&one["url"]));
    let first = text(&app, &ledger_of(&all[0])).await;
    let mut lines: Vec<String> = first.lines().map(str::to_owned).collect();
    // Its footer.
    lines.pop();
    for next in &all[1..] {
        let delta = text(&app, path_of(&next["delta"]["url"])).await;
        lines.extend(delta.lines().map(str::to_owned));
        let last: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
        assert_eq!((&last["seq"], &last["hash"]), (&next["seq"], &next["hash"]));
    }
    let whole = text(&app, &ledger_of(all.last().unwrap())).await;
    let whole: Vec<&str> = whole.lines().collect();
    assert_eq!(lines, whole[..whole.len() - 1]);
    let from_nothing = text(&app, "/data/delta/0-6.ndjson").await;
    assert_eq!(
        from_nothing.lines().collect::<Vec<_>>(),
        whole[1..whole.len() - 1]
    );
}

#[tokio::test]
async fn a_snapshot_has_the_files_of_that_state_for_ever() {
    let app = start().await;
    let path = "/data/5/relationships.csv?stance=AGREED";
    let response = app.get(path).await;
    let headers = response.headers().clone();
    assert_eq!(
        headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(headers["demarche-seq"], "5");
    let before = response.text().await.unwrap();
    assert_eq!(
        before,
        text(&app, "/export/relationships.csv?stance=AGREED&seq=5").await
    );
    let delta = app.get("/data/delta/3-5.ndjson").await;
    assert_eq!(
        delta.headers()[header::CONTENT_LOCATION],
        "/data/delta/3-5.ndjson"
    );
    assert_eq!(
        delta.headers()[header::CACHE_CONTROL],
        headers[header::CACHE_CONTROL]
    );
    let source = app.register_source().await;
    app.record_stance(&source, "RW", "REFUSED", "2025-06-04")
        .await;
    assert_eq!(text(&app, path).await, before);
    let index = app.get("/data/index.json").await;
    assert_eq!(index.headers()[header::CACHE_CONTROL], "no-cache");
    let tag = index.headers()[header::ETAG].clone();
    let again = app.http().get(app.url("/data/index.json"));
    let again = again.header(header::IF_NONE_MATCH, tag).send().await;
    assert_eq!(again.unwrap().status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_is_no_snapshot_is_an_error() {
    let app = start().await;
    for path in [
        "/data/0/ledger.ndjson",
        "/data/05/ledger.ndjson",
        "/data/-5/ledger.ndjson",
        "/data/x/ledger.ndjson",
        "/data/5/nothing.csv",
        "/data/delta/5-5.ndjson",
        "/data/delta/5-3.ndjson",
        "/data/delta/3-5.csv",
        "/data/other.json",
    ] {
        assert_eq!(
            app.get(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for (path, code) in [
        ("/data/7/ledger.ndjson", "CURSOR_INVALID"),
        ("/data/7/relationships.csv", "CURSOR_INVALID"),
        ("/data/delta/3-7.ndjson", "CURSOR_INVALID"),
        ("/data/5/ledger.ndjson?seq=4", "BAD_USER_INPUT"),
        ("/data/5/ledger.ndjson?other=4", "BAD_USER_INPUT"),
        ("/data/index.json?before=x", "BAD_USER_INPUT"),
        ("/data/index.json?before=8", "BAD_USER_INPUT"),
        ("/data/index.json?seq=3", "BAD_USER_INPUT"),
    ] {
        let response = app.get(path).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{path}");
    }
}

#[tokio::test]
async fn an_empty_ledger_has_no_snapshots() {
    let app = TestApp::start_empty().await;
    assert_eq!(index(&app, "").await, Vec::<Value>::new());
}
