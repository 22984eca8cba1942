//! What a chain of hashes begins with, apart from the generation, which is drawn anew when a copy takes the ledger's place.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let origin = string("origin").default("").to_owned();
        let alter = Table::alter()
            .table("ledger_head")
            .add_column(origin)
            .to_owned();
        manager.alter_table(alter).await?;
        let db = manager.get_connection();
        db.execute_unprepared("UPDATE ledger_head SET origin = generation")
            .await?;
        Ok(())
    }
}
