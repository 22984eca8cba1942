//! Adds the instant from which a token is refused; null for tokens that do not expire.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter()
            .table("api_token")
            .add_column(big_integer_null("expires_at"))
            .to_owned();
        manager.alter_table(alter).await
    }
}
