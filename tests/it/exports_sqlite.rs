//! The export as one SQLite file, read by Python: its tables have the rows of the CSV files, and nothing else is in it.

use std::path::Path;
use std::process::Command;

use axum::http::{StatusCode, header};
use demarche::config::limits::{Limits, RateLimits};
use serde_json::{Value, json};

use crate::app::{TestApp, limits, only_error};
use crate::fixtures::{evidence, stance_input};

const TABLES: [&str; 5] = [
    "relationships",
    "statements",
    "changes",
    "dyad-days",
    "agreements",
];

/// Prints every table as a list of its columns and rows.
const DUMP: &str = "
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
tables = {}
for (name,) in db.execute(\"SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid\").fetchall():
    cursor = db.execute('SELECT * FROM ' + name + ' ORDER BY rowid')
    tables[name] = [[column[0] for column in cursor.description]] + cursor.fetchall()
print(json.dumps(tables))
";

async fn fetch(app: &TestApp, path: &str) -> Vec<u8> {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let content_type = &response.headers()[header::CONTENT_TYPE];
    assert_eq!(content_type, "application/vnd.sqlite3");
    response.bytes().await.unwrap().to_vec()
}

fn dump(folder: &Path, file: &[u8]) -> Value {
    let path = folder.join("exported.sqlite");
    std::fs::write(&path, file).unwrap();
    let mut python = Command::new("python3");
    let output = python.arg("-c").arg(DUMP).arg(&path).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A value as a CSV file has it, without an apostrophe in front of a formula.
fn cell(value: &Value, is_boolean: bool) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        number if is_boolean => (number == 1).to_string(),
        number => number.to_string(),
    }
}

async fn assert_rows_of_csv(app: &TestApp, tables: &Value, pin: &str) {
    for name in TABLES {
        let text = app.get(&format!("/export/{name}.csv{pin}")).await;
        let text = text.text().await.unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers: Vec<String> = reader.headers().unwrap().iter().map(Into::into).collect();
        let table = tables[name.replace('-', "_")].as_array().unwrap();
        let columns: Vec<&str> = table[0]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let mut count = 0;
        for (row, expected) in table[1..].iter().zip(reader.records()) {
            let expected = expected.unwrap();
            for (header, expected) in headers.iter().zip(&expected) {
                let at = columns.iter().position(|column| column == header).unwrap();
                let is_boolean = matches!(expected, "true" | "false");
                let actual = cell(&row[at], is_boolean);
                let without_apostrophe = expected
                    .strip_prefix('\'')
                    .filter(|rest| rest.starts_with('='));
                assert_eq!(
                    actual,
                    without_apostrophe.unwrap_or(expected),
                    "{name} {header}"
                );
            }
            count += 1;
        }
        assert_eq!(count, table.len() - 1, "{name}");
        assert_eq!(
            count,
            text.matches("\r\n").count() - 1,
            "{name}: no cell has a line break"
        );
        // Besides the columns of the CSV file there are ranks of stances only.
        let others = columns
            .iter()
            .filter(|column| !headers.contains(&(**column).to_owned()));
        assert!(
            others.clone().all(|column| column.ends_with("_rank")),
            "{others:?}"
        );
    }
}

#[tokio::test]
async fn the_file_has_the_rows_of_the_csv_files_and_says_which_state_it_shows() {
    let app = TestApp::start().await;
    let head = app.head().await;
    let tables = dump(
        app.directory(),
        &fetch(&app, "/export/demarche.sqlite").await,
    );
    assert_rows_of_csv(&app, &tables, "").await;
    let names: Vec<&String> = tables.as_object().unwrap().keys().collect();
    let expected = [
        "about",
        "agreements",
        "changes",
        "dyad_days",
        "relationships",
        "sources",
        "statements",
    ];
    assert_eq!(names, expected);
    let about = tables["about"].as_array().unwrap();
    for (name, value) in [
        ("seq", head["seq"].to_string().into()),
        ("hash", head["hash"].clone()),
        ("recorded_at", head["recordedAt"].clone()),
    ] {
        assert!(about.contains(&json!([name, value])), "{name} in {about:?}");
    }
}

#[tokio::test]
async fn a_pinned_file_shows_its_state_and_a_filter_is_refused() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source, "RW", "REFUSED", "../2025-06-25");
    input["summary"] = "=1+1".into();
    app.mutate("recordStatement", &input).await;
    app.record_stance(&source, "RW", "AGREED", "2025-07").await;
    for (pin, rows) in [("?seq=2", 0), ("?seq=3", 1), ("?seq=4", 2)] {
        let path = format!("/export/demarche.sqlite{pin}");
        let tables = dump(app.directory(), &fetch(&app, &path).await);
        assert_eq!(tables["statements"].as_array().unwrap().len(), rows + 1);
        assert_rows_of_csv(&app, &tables, pin).await;
    }
    let refused = app.get("/export/demarche.sqlite?country=RW").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let refused = only_error(&refused.json().await.unwrap());
    assert_eq!(refused, ("BAD_USER_INPUT".into(), "country".into()));
    let later = app.get("/export/demarche.sqlite?seq=99").await;
    assert_eq!(later.status(), StatusCode::BAD_REQUEST);
    let snapshot = fetch(&app, "/data/3/demarche.sqlite").await;
    assert_eq!(dump(app.directory(), &snapshot)["changes"][1][0], 3);
}

#[tokio::test]
async fn the_file_has_no_token_key_or_actor() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source, "RW", "REFUSED", "2025-06-25");
    input["idempotencyKey"] = "a-private-key".into();
    let statement = app.mutate("recordStatement", &input).await;
    app.mutate("addEvidence", &evidence(&statement, &source))
        .await;
    let file = fetch(&app, "/export/demarche.sqlite").await;
    let text = String::from_utf8_lossy(&file);
    assert!(text.contains("The ministry states its position."));
    for private in [
        "a-private-key",
        "key-",
        "token:",
        &app.token,
        "api_token",
        "webhook",
    ] {
        assert!(!text.contains(private), "{private}");
    }
}

#[tokio::test]
async fn an_empty_ledger_gives_empty_tables() {
    let app = TestApp::start_empty().await;
    let tables = dump(
        app.directory(),
        &fetch(&app, "/export/demarche.sqlite").await,
    );
    assert_eq!(tables["about"][1], json!(["seq", "0"]));
    for name in TABLES {
        let rows = tables[name.replace('-', "_")].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn an_address_gets_one_file_at_a_time_and_a_client_that_leaves_gives_its_place_back() {
    let app = TestApp::start().await;
    let slow = Limits {
        rate: RateLimits {
            per_second: 30_000,
            burst: 60_000,
            ..RateLimits::default()
        },
        ..limits()
    };
    let other = app.start_another(slow).await;
    let url = other.url("/export/demarche.sqlite");
    // One of both waits for the rate limit within its tables.
    let [mut first, mut second] = [(), ()].map(|()| tokio::spawn(other.http().get(&url).send()));
    let refused = tokio::select! {
        response = &mut first => response,
        response = &mut second => response,
    };
    let refused = refused.unwrap().unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(only_error(&refused).0, "RATE_LIMITED");
    let limit = &refused["errors"][0]["extensions"]["limit"];
    assert_eq!(limit, "max-export-files-per-address");
    first.abort();
    second.abort();
    // The server notices soon that the client has left.
    let freed = async {
        while other.get("/export/demarche.sqlite").await.status() == StatusCode::SERVICE_UNAVAILABLE
        {
        }
    };
    let limit = std::time::Duration::from_mins(1);
    tokio::time::timeout(limit, freed).await.unwrap();
    other.stop().await;
}

#[tokio::test]
async fn a_request_for_the_head_or_with_any_tag_makes_no_file() {
    let app = TestApp::start().await;
    let url = app.url("/export/demarche.sqlite?seq=600");
    let whole = app.http().get(&url).send().await.unwrap();
    for request in [
        app.http().head(&url),
        app.http().get(&url).header(header::IF_NONE_MATCH, "*"),
        app.http().head(&url).header(header::IF_NONE_MATCH, "*"),
    ] {
        let before = app.server.sql_statements();
        let response = request.send().await.unwrap();
        let statements = app.server.sql_statements() - before;
        assert!(statements <= 2, "{statements}");
        for name in ["etag", "cache-control", "content-type", "demarche-seq"] {
            assert_eq!(response.headers()[name], whole.headers()[name], "{name}");
        }
    }
    for path in ["?seq=99999", "?seq=5&generation=abc", "?country=RW"] {
        let path = format!("/export/demarche.sqlite{path}");
        let head = app.http().head(app.url(&path)).send().await.unwrap();
        assert_eq!(head.status(), StatusCode::BAD_REQUEST, "{path}");
    }
}
