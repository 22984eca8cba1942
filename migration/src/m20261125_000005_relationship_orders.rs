//! Drops two indexes: lists of relationships are served from memory, so no query uses them any more.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const INDEXES: [&str; 2] = ["relationship_stance", "relationship_changed"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in INDEXES {
            let index = Index::drop().name(name).table("relationship").to_owned();
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
