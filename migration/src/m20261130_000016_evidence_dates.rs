//! Adds the date of a cited passage to evidence; that of earlier versions has none of its own.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter()
            .table("evidence")
            .add_column(string_null("published_on"))
            .to_owned();
        manager.alter_table(alter).await
    }
}
