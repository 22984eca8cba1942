//! Adds the origin, from which the genesis hash is computed. It is separate from the generation, which changes when a backup
//! replaces the ledger.

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
