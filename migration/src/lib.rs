//! Schema migrations. They depend on sea-orm-migration only, never on `entity`, so that an old migration keeps its meaning.
//! Migrations go forward only and are never edited once merged.

#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait's own signature elides them"
)]

use std::collections::BTreeSet;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

mod m20261123_000001_ledger;
mod m20261123_000002_projections;
mod m20261123_000003_search;
mod m20261123_000004_tokens;
mod m20261125_000005_relationship_orders;
mod m20261125_000006_collation;
mod m20261125_000007_origin;
mod m20261128_000008_seed;
mod m20261128_000009_triggers;
mod m20261128_000010_token_expiry;
mod m20261128_000011_search_index;
mod m20261129_000012_recorded_at;
mod m20261129_000013_webhooks;
mod m20261129_000014_kept_disputes;
mod m20261130_000015_reviews;
mod m20261130_000016_evidence_dates;
mod m20261130_000017_source_corrections;
mod m20261130_000018_merkle_tree;

pub mod triggers;

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_ledger::Migration),
            Box::new(m20261123_000002_projections::Migration),
            Box::new(m20261123_000003_search::Migration),
            Box::new(m20261123_000004_tokens::Migration),
            Box::new(m20261125_000005_relationship_orders::Migration),
            Box::new(m20261125_000006_collation::Migration),
            Box::new(m20261125_000007_origin::Migration),
            Box::new(m20261128_000008_seed::Migration),
            Box::new(m20261128_000009_triggers::Migration),
            Box::new(m20261128_000010_token_expiry::Migration),
            Box::new(m20261128_000011_search_index::Migration),
            Box::new(m20261129_000012_recorded_at::Migration),
            Box::new(m20261129_000013_webhooks::Migration),
            Box::new(m20261129_000014_kept_disputes::Migration),
            Box::new(m20261130_000015_reviews::Migration),
            Box::new(m20261130_000016_evidence_dates::Migration),
            Box::new(m20261130_000017_source_corrections::Migration),
            Box::new(m20261130_000018_merkle_tree::Migration),
        ]
    }
}

/// The schema of a database, compared with that of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Current,
    /// Migrations are missing, all of them in a new database.
    Behind,
    /// A later version has migrated it; the name of the first migration that is unknown here.
    Newer(String),
}

/// Runs pending migrations. The caller passes a transaction that holds the write lock: the migrator takes none.
pub async fn run<'c>(db: impl IntoSchemaManagerConnection<'c>) -> Result<(), DbErr> {
    Migrator::up(db, None).await
}

/// Compares the applied migrations with those of this program. It only reads, so no right to alter tables is needed.
pub async fn state<'c>(db: impl IntoSchemaManagerConnection<'c>) -> Result<State, DbErr> {
    let manager = SchemaManager::new(db);
    if !manager.has_table(TABLE).await? {
        return Ok(State::Behind);
    }
    let select = Query::select().column("version").from(TABLE).take();
    let rows = manager.get_connection().query_all(&select).await?;
    let versions = rows.iter().map(|row| row.try_get("", "version"));
    let applied: BTreeSet<String> = versions.collect::<Result<_, _>>()?;
    let ours = Migrator::migrations();
    let ours: BTreeSet<&str> = ours.iter().map(|migration| migration.name()).collect();
    if let Some(unknown) = applied.iter().find(|name| !ours.contains(name.as_str())) {
        return Ok(State::Newer(unknown.clone()));
    }
    let is_current = ours.len() == applied.len();
    Ok(if is_current {
        State::Current
    } else {
        State::Behind
    })
}

/// The migrator's table of applied migrations.
const TABLE: &str = "seaql_migrations";

/// Whether the backend is PostgreSQL; otherwise it is SQLite.
fn is_postgres(manager: &SchemaManager) -> bool {
    manager.get_database_backend() == DbBackend::Postgres
}
