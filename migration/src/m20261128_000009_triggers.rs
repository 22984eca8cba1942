//! Triggers of PostgreSQL that also hold in sessions of other tools: their functions name their schema, and those of the ledger
//! fire for each row, in every replication role.

use sea_orm_migration::prelude::*;

use super::triggers;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if super::is_postgres(manager) {
            let db = manager.get_connection();
            triggers::create_postgres(db, &FUNCTIONS, &POSTGRES_TRIGGERS).await?;
        }
        Ok(())
    }
}

pub(crate) struct PostgresTrigger {
    pub(crate) name: &'static str,
    pub(crate) table: &'static str,
    pub(crate) event: &'static str,
    pub(crate) rest: &'static str,
    pub(crate) function: &'static str,
    /// Whether it also fires while replication applies changes.
    pub(crate) is_always: bool,
    /// `pg_trigger.tgtype`: row 1, before 2, insert 4, delete 8, update 16, truncate 32.
    pub(crate) kind: i16,
}

/// Names and bodies of trigger functions.
pub(crate) const FUNCTIONS: [(&str, &str); 3] = [
    (
        "ledger_entry_refuse",
        "BEGIN RAISE EXCEPTION 'the ledger is append-only'; END",
    ),
    (
        "search_total_add",
        "BEGIN
    UPDATE search_total SET rows = rows + (SELECT count(*) FROM added),
        words = words + (SELECT coalesce(sum(size), 0) FROM added);
    RETURN NULL;
END",
    ),
    (
        "search_total_take",
        "BEGIN
    UPDATE search_total SET rows = rows - (SELECT count(*) FROM gone),
        words = words - (SELECT coalesce(sum(size), 0) FROM gone);
    RETURN NULL;
END",
    ),
];

/// `TRUNCATE` fires no row triggers, and replication fires no statement triggers for rows, hence two for the ledger.
pub(crate) const POSTGRES_TRIGGERS: [PostgresTrigger; 4] = [
    PostgresTrigger {
        name: "ledger_entry_append_only",
        table: "ledger_entry",
        event: "BEFORE UPDATE OR DELETE",
        rest: "FOR EACH ROW",
        function: "ledger_entry_refuse",
        is_always: true,
        kind: 27,
    },
    PostgresTrigger {
        name: "ledger_entry_no_truncate",
        table: "ledger_entry",
        event: "BEFORE TRUNCATE",
        rest: "FOR EACH STATEMENT",
        function: "ledger_entry_refuse",
        is_always: true,
        kind: 34,
    },
    PostgresTrigger {
        name: "search_total_add",
        table: "search_text",
        event: "AFTER INSERT",
        rest: "REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
        function: "search_total_add",
        is_always: false,
        kind: 4,
    },
    PostgresTrigger {
        name: "search_total_take",
        table: "search_text",
        event: "AFTER DELETE",
        rest: "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
        function: "search_total_take",
        is_always: false,
        kind: 8,
    },
];
