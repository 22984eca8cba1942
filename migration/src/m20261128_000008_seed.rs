//! Adds the decision about the bundled data set, which is made when a database is created. It is null for databases that were
//! created before: they are not seeded again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter()
            .table("ledger_head")
            .add_column(string_null("seed"))
            .to_owned();
        manager.alter_table(alter).await
    }
}
