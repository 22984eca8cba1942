//! Full-text search over countries, statements and sources.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = if super::is_postgres(manager) {
            POSTGRES_SEARCH_TEXT
        } else {
            SEARCH_TEXT
        };
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}

/// `ref` is the alpha-2 code of a country or the id of a statement or source; accents do not matter.
const SEARCH_TEXT: &str = "CREATE VIRTUAL TABLE search_text USING fts5(
    kind UNINDEXED, ref UNINDEXED, title, body,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')";

/// The same columns. The program tokenizes title and body into `words`, so that the text search configuration of a
/// database has no effect; `size` is their number. `search_total` has the totals that ranking needs.
const POSTGRES_SEARCH_TEXT: &str = r"
CREATE TABLE search_text (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL, ref text NOT NULL, title text NOT NULL, body text NOT NULL,
    words tsvector NOT NULL, size bigint NOT NULL);
CREATE INDEX search_text_words ON search_text USING gin (words);
CREATE TABLE search_total (
    id integer PRIMARY KEY CHECK (id = 1), rows bigint NOT NULL, words bigint NOT NULL);
INSERT INTO search_total VALUES (1, 0, 0);
CREATE FUNCTION search_total_add() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE search_total SET rows = rows + (SELECT count(*) FROM added),
        words = words + (SELECT coalesce(sum(size), 0) FROM added);
    RETURN NULL;
END $$;
CREATE TRIGGER search_total_add AFTER INSERT ON search_text
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION search_total_add();
CREATE FUNCTION search_total_take() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE search_total SET rows = rows - (SELECT count(*) FROM gone),
        words = words - (SELECT coalesce(sum(size), 0) FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER search_total_take AFTER DELETE ON search_text
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION search_total_take()";
