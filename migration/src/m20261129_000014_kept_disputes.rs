//! Marks corrections that keep the disputes of what they correct; those of earlier versions do not.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter()
            .table("statement")
            .add_column(boolean("keeps_disputes").default(false))
            .to_owned();
        manager.alter_table(alter).await
    }
}
