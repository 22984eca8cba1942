//! The words by which countries, statements and sources are found.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared(SEARCH_TEXT)
            .await?;
        Ok(())
    }
}

/// `ref` is the alpha-2 code of a country or the id of a statement or source; accents do not matter.
const SEARCH_TEXT: &str = "CREATE VIRTUAL TABLE search_text USING fts5(
    kind UNINDEXED, ref UNINDEXED, title, body,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')";
