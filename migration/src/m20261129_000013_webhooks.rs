//! Webhooks, and the last deliveries of each.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, integer, integer_null, pk_auto, string,
    string_null, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let webhook = Table::create()
            .table("webhook")
            .col(id(manager))
            .col(text("url"))
            .col(text("filter"))
            .col(string("secret"))
            .col(string_null("earlier_secret"))
            .col(big_integer_null("earlier_secret_until"))
            .col(text("cursor"))
            .col(big_integer("created_at"))
            .col(big_integer_null("paused_at"))
            .col(text_null("pause_reason"))
            .col(big_integer("deliveries"))
            .col(integer("failures"))
            .col(big_integer_null("next_attempt_at"))
            .col(string_null("lease_owner"))
            .col(big_integer_null("lease_until"))
            .to_owned();
        manager.create_table(webhook).await?;
        // The last deliveries of a webhook take turns in its slots, so that a server needs not delete any.
        let delivery = Table::create()
            .table("webhook_delivery")
            .col(big_integer("webhook_id"))
            .col(integer("slot"))
            .col(big_integer("number"))
            .col(big_integer("seq"))
            .col(string("message_id"))
            .col(integer("attempt"))
            .col(big_integer("started_at"))
            .col(big_integer("duration"))
            .col(integer_null("status"))
            .col(text_null("error"))
            .primary_key(Index::create().col("webhook_id").col("slot"))
            .foreign_key(
                ForeignKey::create()
                    .from("webhook_delivery", "webhook_id")
                    .to("webhook", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(delivery).await
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
