#!/usr/bin/env bash
# Software: crates sea-orm and sea-orm-migration 2.0.4 (over sqlx 0.9.0) on SQLite, Rust 1.95.
# Guess: `ConnectOptions` that name no number give sqlx's pool of ten. Of two processes that run `Migrator::up` at the same
#   time one waits for the other, as with sqlx's own migrator on PostgreSQL, or is refused before it has done anything.
# Seen: on SQLite the number is one: as long as a transaction is open, every other query waits, and fails with
#   ConnectionAcquire(Timeout). Two migrators both see the migration as pending and both run it, without a transaction
#   around it. The second is refused when it notes what it did (UNIQUE, seaql_migrations), and what it did stays.
# Why it matters: a reader waits for a writer in WAL mode, where SQLite would not have it wait. Two servers of one file that
#   start together put a migration's rows in twice. Say how many connections, and migrate in a transaction of your own that
#   holds the write lock.
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
sea-orm-migration = { version = "=2.0.4", default-features = false, features = ["runtime-tokio", "sqlx-sqlite"] }
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::time::Duration;

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement, TransactionTrait,
};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

struct Slow;

impl MigrationName for Slow {
    fn name(&self) -> &str {
        "m1_a_row"
    }
}

#[async_trait]
impl MigrationTrait for Slow {
    /// Takes half a second, as one that fills a table does, and puts in a row.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tokio::time::sleep(Duration::from_millis(500)).await;
        manager.get_connection().execute_unprepared("INSERT INTO total VALUES (1)").await?;
        Ok(())
    }
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Slow)]
    }
}

async fn open(connections: Option<u32>) -> DatabaseConnection {
    let mut options = ConnectOptions::new("sqlite:finding.db?mode=rwc");
    options.acquire_timeout(Duration::from_secs(1)).sqlx_logging(false);
    if let Some(connections) = connections {
        options.max_connections(connections);
    }
    Database::connect(options).await.unwrap()
}

async fn count(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let query = Statement::from_string(db.get_database_backend(), "SELECT count(*) FROM total");
    db.query_one_raw(query).await?.unwrap().try_get_by_index(0)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), DbErr> {
    let (usual, two) = (open(None).await, open(Some(2)).await);
    usual.execute_unprepared("PRAGMA journal_mode = WAL").await?;
    usual.execute_unprepared("CREATE TABLE total (entries integer)").await?;

    let writing = usual.begin().await?;
    writing.execute_unprepared("INSERT INTO total VALUES (0)").await?;
    let waited = count(&usual).await.unwrap_err();
    assert!(matches!(waited, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)), "{waited:?}");
    writing.rollback().await?;
    let writing = two.begin().await?;
    writing.execute_unprepared("INSERT INTO total VALUES (0)").await?;
    assert_eq!(count(&two).await?, 0);
    writing.rollback().await?;

    // The table of migrations is there, so that only the migration itself is raced for.
    Migrator::install(&usual).await?;
    let (one, other) = tokio::join!(Migrator::up(&usual, None), Migrator::up(&two, None));
    let refused = match (one, other) {
        (Ok(()), Err(refused)) | (Err(refused), Ok(())) => refused.to_string(),
        both => panic!("{both:?}"),
    };
    assert!(refused.contains("UNIQUE constraint failed: seaql_migrations.version"), "{refused}");
    let rows = count(&two).await?;
    assert_eq!(rows, 2);
    println!("sea-orm 2.0.4 on SQLite: a query beside a transaction: {waited}; one migration, two starts: {rows} rows");
    Ok(())
}
RUST
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}" cargo run --quiet
