//! Versions of sources: a correction of a source is a row that replaces the one before it, and the days of publication that
//! corrections move.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string_null, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            big_integer_null("version_of"),
            big_integer_null("corrects"),
            text_null("correction_reason"),
        ];
        for column in columns {
            let alter = Table::alter().table("source").add_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        let storage = if super::is_postgres(manager) {
            "STORED"
        } else {
            "VIRTUAL"
        };
        let db = manager.get_connection();
        db.execute_unprepared(&format!("{NUMBER} {storage}"))
            .await?;
        db.execute_unprepared(INDEXES).await?;
        let publication = Table::create()
            .table("source_publication")
            .col(big_integer("seq"))
            .col(big_integer("source_id"))
            .col(string_null("public_on"))
            .col(big_integer("recorded_at"))
            .primary_key(Index::create().col("seq").col("source_id"))
            .foreign_key(
                ForeignKey::create()
                    .from_col("source_id")
                    .to("source", "id"),
            )
            .to_owned();
        manager.create_table(publication).await?;
        let index = Index::create()
            .name("source_publication_source")
            .table("source_publication")
            .col("source_id")
            .col("seq")
            .to_owned();
        manager.create_index(index).await
    }
}

/// The first version, which identifies the source. The database computes it, so that a row of an earlier release, which inserts
/// during an upgrade, has it, too. (SQLite uses no index of the expression itself to look up numbers.)
const NUMBER: &str =
    "ALTER TABLE source ADD COLUMN number bigint GENERATED ALWAYS AS (coalesce(version_of, id))";

/// A version is corrected once. Corrections of originals look for what derives from them.
const INDEXES: &str = "CREATE INDEX source_number ON source (number);
CREATE INDEX source_derived_from ON source (derived_from);
CREATE UNIQUE INDEX source_corrects ON source (corrects)";
