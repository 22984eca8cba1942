//! Behaviour specific to SQLite: a full disk, backups to a file, statement timeouts.

use std::time::Duration;

use demarche::config::limits::TimeLimits;
use demarche::database::{IfMissing, begin};
use demarche::ledger::backup::backup;
use demarche::server::open;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use serde_json::json;

use crate::attacks::timeouts::{SLOW_QUERY, start_with_timeouts};
use crate::database::TestDatabase;

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

/// Takes a few hundred steps of SQLite.
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
        let response = app.execute(SLOW_QUERY, json!({})).await;
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
