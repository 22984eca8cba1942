//! What only SQLite does.

use std::time::Duration;

use demarche::config::limits::TimeLimits;
use demarche::database::{Missing, begin};
use demarche::ledger::backup::backup;
use demarche::server::open;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use serde_json::json;

use crate::attacks::times::{LONG, start};
use crate::database::Home;

/// SQLite itself undoes a transaction for which there is no room, and who then undoes it again is told that there is none.
#[tokio::test]
async fn what_is_committed_after_the_disk_was_full_is_there() {
    let home = Home::empty().await;
    let database = open(&home.url(), Missing::Make).await.unwrap();
    let limit = async |pages: u32| {
        let limit = format!("PRAGMA max_page_count = {pages}");
        database.writer().execute_unprepared(&limit).await.unwrap();
    };
    let table = "CREATE TABLE room (content)";
    database.writer().execute_unprepared(table).await.unwrap();
    limit(1).await; // no more than there are
    let txn = begin(database.writer()).await.unwrap();
    let large = "INSERT INTO room VALUES (zeroblob(1000000))";
    txn.execute_unprepared(large).await.unwrap_err();
    drop(txn.rollback().await);
    limit(u32::MAX - 1).await;

    let txn = begin(database.writer()).await.unwrap();
    txn.rollback().await.unwrap();
    let txn = begin(database.writer()).await.unwrap();
    txn.execute_unprepared(large).await.unwrap();
    txn.commit().await.unwrap();
    let count = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) FROM room");
    let row = home.connect().await.query_one_raw(count).await.unwrap();
    let rows: i64 = row.unwrap().try_get_by_index(0).unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_nothing_half_made() {
    let home = Home::shipped().await;
    let (url, directory) = (home.url(), home.path().join("backups"));
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("taken"), "here").unwrap();
    let missing = format!("sqlite://{}/missing.db", home.path().display());
    let foreign = format!("sqlite://{}/foreign.db", home.path().display());
    std::fs::write(home.path().join("foreign.db"), "").unwrap();
    for (url, file, told) in [
        (url.as_str(), "taken", "is there already"),
        (&url, "no/directory", "cannot write"),
        (&url, "..", "names no file"),
        (&missing, "copy", "it must exist"),
        (&foreign, "copy", "ledger_head"),
        ("postgres://127.0.0.1/none", "copy", "pg_dump"),
    ] {
        let refused = backup(url, &directory.join(file), "0").await.unwrap_err();
        let refused = refused.causes();
        assert!(refused.contains(told), "{refused}");
    }
    let files: Vec<_> = std::fs::read_dir(&directory).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(std::fs::read(directory.join("taken")).unwrap(), b"here");
}

/// Some hundred steps of SQLite.
const QUICK: &str = "{ ledger { head { seq } } }";

#[tokio::test]
async fn a_statement_of_sql_that_takes_too_long_is_stopped_and_its_connection_goes_on() {
    let app = start(TimeLimits {
        statement: Duration::from_micros(1).into(),
        ..TimeLimits::default()
    })
    .await;
    let mut socket = app.socket().await;
    // More often than there are connections.
    for _ in 0..10 {
        let answer = app.answer(LONG, json!({})).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "TIMEOUT",
            "{answer:#}"
        );
        app.query(QUICK).await;
    }
    socket.run(QUICK, json!({})).await;
}
