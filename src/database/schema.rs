//! Schema migration and grants. One process migrates at a time, under the schema lock.

use migration::State;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend};

use super::{Diagnosis, begin, postgres};
use crate::error::{Error, Result};

/// Tables that a server inserts into and never updates.
const INSERT_ONLY: [&str; 11] = [
    "ledger_entry",
    "initiative",
    "source",
    "source_publication",
    "evidence",
    "contradiction",
    "stance_change",
    "review",
    "edition",
    "tree_node",
    "signing_key",
];
/// Tables that it also updates: the head, projections of the ledger, and the last deliveries of webhooks.
const UPDATED: [&str; 4] = [
    "ledger_head",
    "relationship",
    "statement",
    "webhook_delivery",
];

/// Columns of webhooks that a server updates: not where they are sent, and how they are signed.
const WEBHOOK_PROGRESS: [&str; 8] = [
    "cursor",
    "deliveries",
    "failures",
    "next_attempt_at",
    "paused_at",
    "pause_reason",
    "lease_owner",
    "lease_until",
];

/// Whether every migration of this program has run. A later version may have run more: releases add before they remove, so
/// this program can continue until it is replaced.
pub(super) async fn is_current(db: &DatabaseConnection) -> Result<bool> {
    Ok(migration::state(db).await? != State::Behind)
}

/// Whether a server would migrate the database.
/// # Errors
/// `Error::BadUserInput` if a later version has migrated it.
pub(super) async fn diagnose(db: &DatabaseConnection) -> Result<Diagnosis> {
    match migration::state(db).await? {
        State::Current => Ok(Diagnosis::Current),
        State::Behind => Ok(Diagnosis::Behind),
        State::Newer(name) => Err(newer_schema_error(&name)),
    }
}

/// Rejects a database whose tables are not those of this program. `url` names it in the error.
pub(super) async fn assert_current(db: &DatabaseConnection, url: &str) -> Result<()> {
    match migration::state(db).await? {
        State::Current => Ok(()),
        State::Newer(name) => Err(newer_schema_error(&name)),
        State::Behind => Err(Error::bad_input(
            "database-url",
            format!(
                "`{url}` does not have the tables of this version: it is empty or truncated, belongs to another program, or an earlier \
                 version of demarche created it; in the last case run `demarche migrate` first"
            ),
        )),
    }
}

/// Runs pending migrations. The right to alter tables is needed only if there are any.
pub(super) async fn prepare(writer: &DatabaseConnection) -> Result<()> {
    match migration::state(writer).await? {
        State::Current => return Ok(()),
        State::Newer(name) => return Err(newer_schema_error(&name)),
        State::Behind => {}
    }
    let txn = begin_exclusive(writer).await?;
    // The previous holder of the lock may have migrated.
    match migration::state(&txn).await? {
        State::Current => {}
        State::Newer(name) => return Err(newer_schema_error(&name)),
        State::Behind => migration::run(&txn).await.map_err(|error| {
            Error::bad_input(
                "database-url",
                format!("cannot run pending migrations: {error}; run `demarche migrate` as the owner of the tables"),
            )
        })?,
    }
    Ok(txn.commit().await?)
}

fn newer_schema_error(name: &str) -> Error {
    Error::bad_input(
        "database-url",
        format!(
            "the database was migrated by a newer version of demarche (`{name}`); upgrade this binary"
        ),
    )
}

/// Starts a transaction that excludes every other exclusive transaction, across processes.
pub async fn begin_exclusive(writer: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let txn = begin(writer).await?;
    if writer.get_database_backend() == DbBackend::Postgres {
        postgres::lock_schema(&txn).await?;
    }
    Ok(txn)
}

/// Grants a PostgreSQL role the rights that a server needs, without the right to alter tables or delete rows.
/// # Errors
/// `Error::BadUserInput` on SQLite, and for a role that does not exist.
pub async fn grant(writer: &DatabaseConnection, role: &str) -> Result<()> {
    if writer.get_database_backend() != DbBackend::Postgres {
        return Err(Error::bad_input(
            "grant-role",
            "requires PostgreSQL; SQLite has no roles",
        ));
    }
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    let progress = WEBHOOK_PROGRESS.join(", ");
    let (inserted, updated) = (INSERT_ONLY.join(", "), UPDATED.join(", "));
    let sql = format!(
        "DO $do$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO {quoted}', current_schema()); END $do$;
         GRANT SELECT ON country, api_token, webhook, seaql_migrations, search_index, search_tokenizer, search_total, {inserted}, {updated} TO {role};
         GRANT INSERT ON search_index, {inserted}, {updated} TO {role};
         GRANT UPDATE ON search_total, {updated} TO {role};
         GRANT UPDATE ({progress}) ON webhook TO {role}",
        quoted = role.replace('\'', "''").replace('%', "%%"),
    );
    let result = writer.execute_unprepared(&sql).await;
    result.map_err(|error| Error::bad_input("grant-role", error.to_string()))?;
    Ok(())
}
