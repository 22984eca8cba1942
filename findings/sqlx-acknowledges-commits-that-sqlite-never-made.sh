#!/usr/bin/env bash
# Software: crate sqlx 0.9.0 with the SQLite that it brings (3.51.3 when this was run), Rust 1.95. A full disk is played by max_page_count.
# Guess: a statement that finds no room fails, the rollback after it clears the connection, and once there is room the pool
#   goes on as before. If it does not, the next begin says so.
# Seen: SQLite undoes the transaction itself, so sqlx's ROLLBACK is refused ("no transaction is active") and sqlx goes on
#   counting one transaction as open. Its next begin is a SAVEPOINT; rolled back, that is ROLLBACK TO, which leaves the
#   savepoint open. From then on each commit is a RELEASE inside it: Ok, seen by its own connection, and never written.
#   `begin_with("BEGIN IMMEDIATE")` is refused for ever (InvalidSavePointStatement).
# Why it matters: a full disk and one refused write after it, and the service acknowledges what is lost at its end. A check
#   before each use (`is_in_transaction` of the connection) closes such a connection.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "sqlite"] }
tokio = { version = "1", features = ["macros", "rt"] }
TOML
cat >src/main.rs <<'RUST'
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Connection, Error, Executor, SqliteConnection};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let file = SqliteConnectOptions::new().filename("room.db").create_if_missing(true).pragma("journal_mode", "WAL");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(file.clone()).await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&pool).await?;
    pool.execute("CREATE TABLE room (content)").await?;

    // No room, then room again.
    pool.execute("PRAGMA max_page_count = 10").await?;
    let mut txn = pool.begin().await?;
    let full = txn.execute("INSERT INTO room VALUES (zeroblob(1000000))").await.unwrap_err();
    assert!(full.to_string().contains("database or disk is full"), "{full}");
    let refused = txn.rollback().await.unwrap_err();
    assert!(refused.to_string().contains("no transaction is active"), "{refused}");
    pool.execute("PRAGMA max_page_count = 1000").await?;

    let immediate = pool.begin_with("BEGIN IMMEDIATE").await.unwrap_err();
    assert!(matches!(immediate, Error::InvalidSavePointStatement), "{immediate:?}");

    // A write that its author takes back, and a hundred that are acknowledged.
    pool.begin().await?.rollback().await?;
    for _ in 0..100 {
        let mut txn = pool.begin().await?;
        txn.execute("INSERT INTO room VALUES ('acknowledged')").await?;
        txn.commit().await?;
    }
    let count = "SELECT count(*) FROM room";
    let own: i64 = sqlx::query_scalar(count).fetch_one(&pool).await?;
    let mut other = SqliteConnection::connect_with(&file).await?;
    let others: i64 = sqlx::query_scalar(count).fetch_one(&mut other).await?;
    pool.close().await;
    let after: i64 = sqlx::query_scalar(count).fetch_one(&mut other).await?;
    assert_eq!((own, others, after), (100, 0, 0));
    println!("sqlx 0.9.0, SQLite {version}: 100 commits acknowledged; rows for the connection {own}, for others {others}, after its end {after}");
    Ok(())
}
RUST
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}" cargo run --quiet
