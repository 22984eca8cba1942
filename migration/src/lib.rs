//! How the tables came to be. Knows sea-orm-migration only, never `entity`, so that an old migration means the same
//! for ever. Migrations go forward only and are never edited once merged.

#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait's own signature elides them"
)]

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

/// Brings the tables up to date. Give it a transaction that holds the write lock: the migrator itself takes none.
pub async fn run<'c>(db: impl IntoSchemaManagerConnection<'c>) -> Result<(), DbErr> {
    Migrator::up(db, None).await
}
