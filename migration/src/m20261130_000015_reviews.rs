//! Reviews of relationships and initiatives, and editions of import documents.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let review = Table::create()
            .table("review")
            .col(big_integer("id").primary_key())
            .col(big_integer("initiative_id"))
            .col(big_integer_null("relationship_id"))
            .col(string("reviewed_on"))
            .col(text_null("note"))
            .col(big_integer("recorded_at"))
            .foreign_key(&mut reference("initiative_id", "initiative"))
            .foreign_key(&mut reference("relationship_id", "relationship"))
            .to_owned();
        manager.create_table(review).await?;
        let edition = Table::create()
            .table("edition")
            .col(big_integer("id").primary_key())
            .col(big_integer("initiative_id"))
            .col(text("name"))
            .col(big_integer("recorded_at"))
            .foreign_key(&mut reference("initiative_id", "initiative"))
            .to_owned();
        manager.create_table(edition).await?;
        let index = Index::create()
            .name("edition_initiative")
            .table("edition")
            .col("initiative_id")
            .col("id")
            .to_owned();
        manager.create_index(index).await
    }
}

fn reference(from: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from_col(from).to(to, "id").to_owned()
}
