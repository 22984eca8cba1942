//! Behaviour specific to SQLite: a full disk, backups to a file, statement timeouts.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use demarche::config::limits::TimeLimits;
use demarche::database::{IfMissing, begin};
use demarche::ledger::backup::backup;
use demarche::ledger::export::export;
use demarche::ledger::import::import_with;
use demarche::ledger::restore::restore_with;
use demarche::ledger::seed::bundled_document;
use demarche::ledger::write_health::{ClockCheck, WriteHealth};
use demarche::server::open;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use serde_json::json;

use crate::app::{TestApp, fixed_clock};
use crate::attacks::timeouts::start_with_timeouts;
use crate::database::TestDatabase;
use crate::fixtures::{request, stance_input};

/// SQLite rolls back a transaction on a full disk by itself; a second rollback then fails because there is no transaction.
#[tokio::test]
async fn commits_after_a_full_disk_are_stored() {
    let test_db = TestDatabase::empty().await;
    let database = open(&test_db.url(), IfMissing::Create).await.unwrap();
    let limit = async |pages: u32| {
        let limit = format!("PRAGMA max_page_count = {pages}");
        database.writer().execute_unprepared(&limit).await.unwrap();
    };
    let table = "CREATE TABLE filler (content)";
    database.writer().execute_unprepared(table).await.unwrap();
    limit(1).await; // below the present size, so the database cannot grow
    let txn = begin(database.writer()).await.unwrap();
    let large = "INSERT INTO filler VALUES (zeroblob(1000000))";
    txn.execute_unprepared(large).await.unwrap_err();
    drop(txn.rollback().await);
    limit(u32::MAX - 1).await;

    let txn = begin(database.writer()).await.unwrap();
    txn.rollback().await.unwrap();
    let txn = begin(database.writer()).await.unwrap();
    txn.execute_unprepared(large).await.unwrap();
    txn.commit().await.unwrap();
    let count = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) FROM filler");
    let row = test_db.connect().await.query_one_raw(count).await.unwrap();
    let rows: i64 = row.unwrap().try_get_by_index(0).unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_no_partial_file() {
    let test_db = TestDatabase::with_bundled_data().await;
    let (url, directory) = (test_db.url(), test_db.path().join("backups"));
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("taken"), "here").unwrap();
    let missing = format!("sqlite://{}/missing.db", test_db.path().display());
    let foreign = format!("sqlite://{}/foreign.db", test_db.path().display());
    std::fs::write(test_db.path().join("foreign.db"), "").unwrap();
    for (url, file, message) in [
        (url.as_str(), "taken", "exists already"),
        (&url, "no/directory", "cannot write"),
        (&url, "..", "is not a file name"),
        (&missing, "copy", "it must exist"),
        (&foreign, "copy", "ledger_head"),
        ("postgres://127.0.0.1/none", "copy", "pg_dump"),
    ] {
        let rejection = backup(url, &directory.join(file), "0").await.unwrap_err();
        let rejection = rejection.cause_chain();
        assert!(rejection.contains(message), "{rejection}");
    }
    let files: Vec<_> = std::fs::read_dir(&directory).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(std::fs::read(directory.join("taken")).unwrap(), b"here");
}

/// Takes thousands of steps of SQLite.
const SLOW: &str = "{ statements(last: 100) { totalCount nodes { summary evidence { quote } } } }";
/// Takes a few hundred.
const QUICK: &str = "{ ledger { head { seq } } }";

#[tokio::test]
async fn a_slow_sql_statement_is_stopped_and_its_connection_stays_usable() {
    let app = start_with_timeouts(TimeLimits {
        statement: Duration::from_micros(1).into(),
        ..TimeLimits::default()
    })
    .await;
    let mut socket = app.connect_websocket().await;
    // More often than the pool has connections.
    for _ in 0..10 {
        let response = app.execute(SLOW, json!({})).await;
        assert_eq!(
            response["errors"][0]["extensions"]["code"], "TIMEOUT",
            "{response:#}"
        );
        app.query(QUICK).await;
    }
    socket.run(QUICK, json!({})).await;
}

/// Exit code and both outputs of `demarche verify`.
async fn verify_file(file: std::path::PathBuf, arguments: &'static [&str]) -> (i32, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_demarche"));
    command.arg("verify").args(arguments);
    command.env(
        "DEMARCHE_DATABASE_URL",
        format!("sqlite://{}", file.display()),
    );
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    (output.status.code().unwrap(), text)
}

#[tokio::test]
async fn verify_rejects_an_empty_or_truncated_file_and_changes_no_byte() {
    let test_db = TestDatabase::with_bundled_data().await;
    let whole = std::fs::read(test_db.path().join("demarche.db")).unwrap();
    for length in [
        0,
        1,
        99,
        4_096,
        40_000,
        whole.len() / 2,
        whole.len() - 4_096,
    ] {
        let file = test_db.path().join(format!("{length}.db"));
        std::fs::write(&file, &whole[..length]).unwrap();
        let (code, text) = verify_file(file.clone(), &["--allow-empty"]).await;
        assert_eq!(code, 1, "{length} bytes: {text}");
        assert_eq!(
            std::fs::read(&file).unwrap(),
            whole[..length],
            "{length} bytes"
        );
    }
    let file = test_db.path().join("demarche.db");
    let (code, text) = verify_file(file.clone(), &[]).await;
    assert_eq!(code, 0, "{text}");
    assert_eq!(std::fs::read(&file).unwrap(), whole);
}

#[tokio::test]
async fn an_empty_ledger_is_valid_only_if_that_is_expected() {
    let test_db = TestDatabase::empty().await;
    let database = open(&test_db.url(), IfMissing::Create).await.unwrap();
    database.close().await.unwrap();
    let file = test_db.path().join("demarche.db");
    let (code, text) = verify_file(file.clone(), &[]).await;
    assert_eq!(code, 1);
    assert!(text.contains("the ledger has no entries"), "{text}");
    assert_eq!(verify_file(file, &["--allow-empty"]).await.0, 0);
}

#[tokio::test]
async fn verify_compares_countries_and_migrates_nothing() {
    let test_db = TestDatabase::with_bundled_data().await;
    let file = test_db.path().join("demarche.db");
    let db = test_db.connect().await;
    let rename = "UPDATE country SET name = 'Elsewhere' WHERE code = 'RW'";
    db.execute_unprepared(rename).await.unwrap();
    let (code, text) = verify_file(file.clone(), &[]).await;
    assert_eq!(code, 1);
    assert!(text.starts_with("altered row in country\n"), "{text}");
    let older = "DELETE FROM seaql_migrations WHERE version LIKE '%_seed'";
    db.execute_unprepared(older).await.unwrap();
    let (code, text) = verify_file(file, &[]).await;
    assert_eq!(code, 1);
    assert!(text.contains("run `demarche migrate` first"), "{text}");
}

#[tokio::test]
async fn writes_are_rejected_after_the_database_file_was_removed_or_replaced() {
    for is_replaced in [false, true] {
        let (app, source_id) = TestApp::start_with_initiative().await;
        let file = app.directory().join("demarche.db");
        let copy = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        if is_replaced {
            std::fs::write(&file, copy).unwrap();
        }
        let input = stance_input(&source_id, "RW", "AGREED", "2026-11-20");
        let rejection = app.try_mutate("recordStatement", &input).await;
        let code = &rejection["errors"][0]["extensions"]["code"];
        assert_eq!(code, "UNAVAILABLE", "{rejection:#}");
        let readiness = app.get_admin("/readyz").await;
        assert_eq!(readiness.status(), 503);
        let body: serde_json::Value = readiness.json().await.unwrap();
        assert_eq!(body["checks"]["database"], "replaced", "{body}");
    }
}

#[tokio::test]
async fn an_import_and_a_restore_stop_when_the_database_file_is_removed() {
    let ledger = {
        let test_db = TestDatabase::with_bundled_data().await;
        let database = open(&test_db.url(), IfMissing::Fail).await.unwrap();
        let mut ledger = Vec::new();
        export(database.reader(), &mut ledger).await.unwrap();
        ledger
    };
    let test_db = TestDatabase::empty().await;
    let database = open(&test_db.url(), IfMissing::Create).await.unwrap();
    std::fs::remove_file(test_db.path().join("demarche.db")).unwrap();
    let health = WriteHealth::new(fixed_clock(), ClockCheck::Refuse);
    let health = health.with_files(database.files().clone());
    let document = bundled_document().unwrap();
    let imported = import_with(database.writer(), &document, &health, &()).await;
    let restored = restore_with(database.writer(), || Ok(ledger.as_slice()), &health).await;
    for error in [imported.err(), restored.err()] {
        let error = error.unwrap().to_string();
        assert!(error.contains("removed or replaced"), "{error}");
    }
}

/// The errors of an open, from the text of the command.
async fn open_error(url: &str) -> String {
    open(url, IfMissing::Create)
        .await
        .err()
        .unwrap()
        .to_string()
}

#[tokio::test]
async fn errors_of_opening_a_file_tell_their_causes_apart() {
    let test_db = TestDatabase::empty().await;
    let folder = test_db.path().display();
    std::fs::write(
        test_db.path().join("text.db"),
        "no database, ".repeat(1_000),
    )
    .unwrap();
    std::fs::create_dir(test_db.path().join("folder.db")).unwrap();
    for (path, reason) in [
        ("missing/demarche.db", "missing does not exist; create it"),
        ("text.db/demarche.db", "text.db is a file, not a folder"),
        ("folder.db", "it is a folder; name a file in it"),
        ("text.db", "the file is not a SQLite database"),
    ] {
        let error = open_error(&format!("sqlite://{folder}/{path}")).await;
        assert!(error.contains(reason), "{path}: {error}");
    }
    let full = open_error("sqlite:///dev/full/demarche.db").await;
    assert!(full.contains("/dev/full is a file, not a folder"), "{full}");
    let (code, text) = verify_file(test_db.path().join("none.db"), &[]).await;
    assert!(
        code == 1 && text.contains("there is no such file (it must exist)"),
        "{text}"
    );
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::{fs::MetadataExt, fs::PermissionsExt, process::CommandExt};
    let test_db = TestDatabase::with_bundled_data().await;
    let file = test_db.path().join("demarche.db");
    for (folder_mode, reason) in [
        (0o755, "no permission to write to the file"),
        (0o000, "no permission"),
    ] {
        set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
        set_permissions(test_db.path(), Permissions::from_mode(folder_mode)).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_demarche"));
        if metadata(test_db.path()).unwrap().uid() == 0 {
            command.uid(65_534); // root may do everything
        }
        let arguments = ["token", "create", "--role", "editor", "--name", "desk"];
        command
            .args(arguments)
            .env("DEMARCHE_DATABASE_URL", test_db.url());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        set_permissions(test_db.path(), Permissions::from_mode(0o755)).unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(reason), "{text}");
    }
}

/// A quota cannot be set in a test; strace answers the calls as an exceeded one does.
#[tokio::test]
async fn an_exceeded_quota_is_a_full_disk() {
    let test_db = TestDatabase::empty().await;
    open(&test_db.url(), IfMissing::Create)
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let mut command = std::process::Command::new("strace");
    command.args([
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "trace=pwrite64",
        "-e",
        "inject=pwrite64:error=EDQUOT:when=12+",
    ]);
    command.args([env!("CARGO_BIN_EXE_demarche"), "import", "--bundled"]);
    command.env("DEMARCHE_DATABASE_URL", test_db.url());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("the disk is full: nothing was written"),
        "{text}"
    );
}

#[tokio::test]
async fn a_file_size_limit_is_a_full_disk_and_ends_no_process() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let (token, test_db) = (app.token.clone(), app.stop_and_keep().await);
    let mut command = std::process::Command::new("sh");
    let limited = "ulimit -f 1400; exec \"$0\" \"$@\" 2> log"; // in 512-byte units
    command.args(["-c", limited, env!("CARGO_BIN_EXE_demarche"), "serve"]);
    command.args([
        "--listen=127.0.0.1:0",
        "--admin-listen=127.0.0.1:0",
        "--rate-limit=0",
    ]);
    command.args(["--allow-clock-behind"]);
    command.current_dir(test_db.path());
    command.env("DEMARCHE_DATABASE_URL", test_db.url());
    command.stdout(std::process::Stdio::piped());
    let mut server = command.spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut stdout = String::new();
    while !stdout.contains("/metrics") {
        stdout.push_str(&lines.next().unwrap().unwrap());
        stdout.push('\n');
    }
    let url = |suffix: &str| {
        let mut words = stdout.split_whitespace();
        words
            .find(|word| word.ends_with(suffix))
            .unwrap()
            .to_owned()
    };
    let http = reqwest::Client::new();
    let mut codes = Vec::new();
    while codes.len() < 3 {
        let input = stance_input(&source_id, "RW", "AGREED", "2026-11-20");
        let (query, variables) = request("recordStatement", &input);
        let body = json!({ "query": query, "variables": variables });
        let post = http.post(url("/graphql")).bearer_auth(&token).json(&body);
        let response: serde_json::Value = post.send().await.unwrap().json().await.unwrap();
        if let Some(code) = response["errors"][0]["extensions"]["code"].as_str() {
            codes.push(code.to_owned());
        }
    }
    assert_eq!(codes, ["STORAGE_FULL"; 3]);
    let ready = url("/metrics").replace("/metrics", "/readyz");
    let body: serde_json::Value = reqwest::get(ready).await.unwrap().json().await.unwrap();
    assert_eq!(body["status"], "degraded", "{body}");
    assert_eq!(body["checks"]["writes"], "storage_full", "{body}");
    server.kill().unwrap();
    server.wait().unwrap();
    let log = std::fs::read_to_string(test_db.path().join("log")).unwrap();
    assert_eq!(log.matches("writes are rejected").count(), 1, "{log}");
}
