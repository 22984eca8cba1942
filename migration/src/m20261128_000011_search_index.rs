//! Search over tokens of the program instead of each database's own words, and source texts as filters compare them. The program
//! fills both after the migration (`src/ledger/search_index.rs`), because only it knows the tokens.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;

use super::m20261128_000009_triggers::PostgresTrigger;
use super::triggers;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = if super::is_postgres(manager) {
            POSTGRES_SEARCH_INDEX
        } else {
            SEARCH_INDEX
        };
        manager.get_connection().execute_unprepared(sql).await?;
        for column in ["publisher_folded", "title_folded"] {
            let alter = Table::alter()
                .table("source")
                .add_column(text(column).default(""))
                .to_owned();
            manager.alter_table(alter).await?;
        }
        if super::is_postgres(manager) {
            let sql = r#"ALTER TABLE source ALTER COLUMN publisher_folded TYPE text COLLATE "C",
                ALTER COLUMN title_folded TYPE text COLLATE "C""#;
            let db = manager.get_connection();
            db.execute_unprepared(sql).await?;
            triggers::create_postgres(db, &[], &SEARCH_TRIGGERS).await?;
        }
        Ok(())
    }
}

/// The row ID is the ID of the statement or source. `words` are its tokens, separated by spaces; the tokenizer `ascii` only
/// separates and takes every other character as it is. `search_tokenizer` is the version of the rules that made them.
const SEARCH_INDEX: &str = "DROP TABLE search_text;
CREATE VIRTUAL TABLE search_index USING fts5(
    kind UNINDEXED, title UNINDEXED, body UNINDEXED, words, tokenize = 'ascii', prefix = '2 3');
CREATE TABLE search_tokenizer (id integer PRIMARY KEY CHECK (id = 1), version bigint NOT NULL);
INSERT INTO search_tokenizer VALUES (1, 0)";

/// The same. `size` is the number of tokens; `search_total`, the totals that ranking needs, is kept by its triggers.
const POSTGRES_SEARCH_INDEX: &str = r#"DROP TABLE search_text;
UPDATE search_total SET rows = 0, words = 0;
CREATE TABLE search_index (
    id bigint PRIMARY KEY, kind text COLLATE "C" NOT NULL, title text COLLATE "C" NOT NULL, body text COLLATE "C" NOT NULL,
    words tsvector NOT NULL, size bigint NOT NULL);
CREATE INDEX search_index_words ON search_index USING gin (words);
CREATE TABLE search_tokenizer (id integer PRIMARY KEY CHECK (id = 1), version bigint NOT NULL);
INSERT INTO search_tokenizer VALUES (1, 0)"#;

pub(crate) const SEARCH_TRIGGERS: [PostgresTrigger; 2] = [
    PostgresTrigger {
        name: "search_total_add",
        table: "search_index",
        event: "AFTER INSERT",
        rest: "REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
        function: "search_total_add",
        is_always: false,
        kind: 4,
    },
    PostgresTrigger {
        name: "search_total_take",
        table: "search_index",
        event: "AFTER DELETE",
        rest: "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
        function: "search_total_take",
        is_always: false,
        kind: 8,
    },
];

/// The totals of the search index.
pub(crate) const RECOUNT: &str =
    "UPDATE search_total SET rows = (SELECT count(*) FROM search_index),
    words = (SELECT coalesce(sum(size), 0) FROM search_index)";
