//! An index that finds the entry of an instant: recorded times never go back, and identify an entry.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("ledger_entry_recorded_at")
            .table("ledger_entry")
            .col("recorded_at")
            .to_owned();
        manager.create_index(index).await
    }
}
