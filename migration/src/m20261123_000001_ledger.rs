//! The ledger tables, and triggers that reject updates and deletions of entries on every connection.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, string, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(head()).await?;
        manager.create_table(entry()).await?;
        let idempotency = Index::create()
            .name("ledger_entry_idempotency")
            .table("ledger_entry")
            .col("actor")
            .col("idempotency_key")
            .unique()
            .to_owned();
        manager.create_index(idempotency).await?;
        let triggers: &[&str] = if super::is_postgres(manager) {
            &POSTGRES_TRIGGERS
        } else {
            &TRIGGERS
        };
        for trigger in triggers {
            manager.get_connection().execute_unprepared(trigger).await?;
        }
        Ok(())
    }
}

fn head() -> TableCreateStatement {
    Table::create()
        .table("ledger_head")
        .col(integer("id").primary_key().check(Expr::col("id").eq(1)))
        .col(string("generation"))
        .col(big_integer("seq"))
        .col(string("hash"))
        .col(big_integer_null("recorded_at"))
        .to_owned()
}

fn entry() -> TableCreateStatement {
    Table::create()
        .table("ledger_entry")
        .col(big_integer("seq").primary_key())
        .col(string("kind"))
        .col(text("payload"))
        .col(string("actor"))
        .col(string("idempotency_key"))
        .col(big_integer("recorded_at"))
        .col(string("prev_hash"))
        .col(string("hash"))
        .to_owned()
}

/// `INSERT OR REPLACE` bypasses the first two, so the third rejects an existing seq or idempotency key.
pub(crate) const TRIGGERS: [&str; 3] = [
    "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
     WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE seq = NEW.seq
                  OR (actor = NEW.actor AND idempotency_key = NEW.idempotency_key))
     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
];

/// `TRUNCATE` fires no row triggers, hence a statement trigger. The primary key rejects an existing seq, and `ON CONFLICT` is
/// an update.
const POSTGRES_TRIGGERS: [&str; 2] = [
    "CREATE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql
     AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
    "CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
     FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse()",
];
