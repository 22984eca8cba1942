//! API tokens of editors and admins.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, pk_auto, string, string_uniq,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("api_token")
            .col(id(manager))
            .col(string_uniq("name"))
            .col(string("role"))
            .col(string_uniq("hash"))
            .col(big_integer("created_at"))
            .col(big_integer_null("revoked_at"))
            .to_owned();
        manager.create_table(table).await
    }
}

/// SQLite's integers have 64 bits under every type name.
fn id(manager: &SchemaManager) -> ColumnDef {
    if super::is_postgres(manager) {
        big_pk_auto("id")
    } else {
        pk_auto("id")
    }
}
