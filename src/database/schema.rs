//! Tables of this version: made or migrated by one process, whoever else starts at the same time.

use migration::State;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend};

use super::{begin, postgres};
use crate::error::{Error, Result};

/// What a server adds to and never changes.
const ADDED: [&str; 6] = [
    "ledger_entry",
    "initiative",
    "source",
    "evidence",
    "contradiction",
    "stance_change",
];
/// What it changes as well: the head, and what is computed from the ledger.
const CHANGED: [&str; 3] = ["ledger_head", "relationship", "statement"];

/// Whether every migration that we know has been run. A later version may have added some of its own: it adds before it
/// takes away, so that we can go on until it has replaced us.
pub(super) async fn is_current(db: &DatabaseConnection) -> Result<bool> {
    Ok(migration::state(db).await? != State::Behind)
}

/// Brings the tables up to date, which takes the right to alter them only where they are not.
pub(super) async fn prepare(writer: &DatabaseConnection) -> Result<()> {
    match migration::state(writer).await? {
        State::Current => return Ok(()),
        State::Newer(name) => return Err(newer(&name)),
        State::Behind => {}
    }
    let txn = begin_alone(writer).await?;
    // Whoever held the lock before may have done it.
    match migration::state(&txn).await? {
        State::Current => {}
        State::Newer(name) => return Err(newer(&name)),
        State::Behind => migration::run(&txn).await.map_err(|error| {
            Error::bad_input(
                "database-url",
                format!("the tables cannot be brought up to date; `demarche migrate` by their owner does it: {error}"),
            )
        })?,
    }
    Ok(txn.commit().await?)
}

fn newer(name: &str) -> Error {
    Error::bad_input(
        "database-url",
        format!(
            "a later version of this program has migrated the database (`{name}`); start that one"
        ),
    )
}

/// A transaction that no other process has at the same time.
pub async fn begin_alone(writer: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let txn = begin(writer).await?;
    if writer.get_database_backend() == DbBackend::Postgres {
        postgres::lock_schema(&txn).await?;
    }
    Ok(txn)
}

/// Gives a role of PostgreSQL what a server needs, and not the right to alter or delete anything.
/// # Errors
/// `Error::BadUserInput` on SQLite, and for a role that does not exist.
pub async fn grant(writer: &DatabaseConnection, role: &str) -> Result<()> {
    if writer.get_database_backend() != DbBackend::Postgres {
        return Err(Error::bad_input("grant-role", "SQLite knows no roles"));
    }
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    let (added, changed) = (ADDED.join(", "), CHANGED.join(", "));
    let sql = format!(
        "DO $do$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO {quoted}', current_schema()); END $do$;
         GRANT SELECT ON country, api_token, seaql_migrations, search_text, search_total, {added}, {changed} TO {role};
         GRANT INSERT ON search_text, {added}, {changed} TO {role};
         GRANT UPDATE ON search_total, {changed} TO {role}",
        quoted = role.replace('\'', "''").replace('%', "%%"),
    );
    let granted = writer.execute_unprepared(&sql).await;
    granted.map_err(|error| Error::bad_input("grant-role", error.to_string()))?;
    Ok(())
}
