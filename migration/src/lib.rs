//! How the tables came to be. Knows sea-orm-migration only, never `entity`, so that an old migration means the same
//! for ever. Migrations go forward only and are never edited once merged.

#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait's own signature elides them"
)]

use std::collections::BTreeSet;

use sea_orm_migration::prelude::*;

mod m20261123_000001_ledger;
mod m20261123_000002_projections;
mod m20261123_000003_search;
mod m20261123_000004_tokens;
mod m20261125_000005_relationship_orders;

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
        ]
    }
}

/// How the tables of a database stand to this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Current,
    /// Migrations are missing, all of them in a new database.
    Behind,
    /// A later version has migrated it; the name of the first migration that we do not know.
    Newer(String),
}

/// Brings the tables up to date. Give it a transaction that holds the write lock: the migrator itself takes none.
pub async fn run<'c>(db: impl IntoSchemaManagerConnection<'c>) -> Result<(), DbErr> {
    Migrator::up(db, None).await
}

/// Reads only, so that it can be asked without the right to alter anything.
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

/// Where the migrator keeps what it has done.
const TABLE: &str = "seaql_migrations";
