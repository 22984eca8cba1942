//! SQLite: a file in WAL mode, synced at each commit; connection options and the version check.

use std::path::{Path, PathBuf};

use sea_orm::sqlx::{self, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use sea_orm::{ConnectOptions, DatabaseConnection, FromQueryResult, Statement};

use super::{Access, BUSY_TIMEOUT, IfMissing};
use crate::error::{Error, Result};

/// Below it, WAL files with more than one connection may lose commits: <https://www.sqlite.org/changes.html#version_3_51_3>.
const OLDEST_VERSION: (u32, u32, u32) = (3, 51, 3);

/// Rows that are read ahead.
const INSPECT_ROWS: usize = 512;

pub(super) fn options(sqlite: SqliteConnectOptions, access: Access) -> SqliteConnectOptions {
    if access == Access::Inspect {
        // No pragma that writes: the journal mode is a property of the file.
        return sqlite
            .create_if_missing(false)
            .read_only(true)
            // `verify` reads every row: the thread that steps a statement need not wait for each to be taken.
            .row_buffer_size(INSPECT_ROWS)
            .busy_timeout(BUSY_TIMEOUT);
    }
    let query_only = if access == Access::Read { "ON" } else { "OFF" };
    sqlite
        .create_if_missing(access == Access::Write(IfMissing::Create))
        .foreign_keys(true)
        .statement_cache_capacity(access.cached_statements())
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("journal_mode", "WAL")
        .pragma("synchronous", "FULL")
        .pragma("query_only", query_only)
}

fn filename(url: &str) -> Option<PathBuf> {
    let options = url.parse::<SqliteConnectOptions>().ok()?;
    Some(options.get_filename().to_owned())
}

/// Whether a server would create the file: it is missing, and its folder is not.
pub(super) fn is_missing(url: &str) -> bool {
    filename(url).is_some_and(|file| {
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        !file.exists() && folder.is_none_or(Path::is_dir)
    })
}

/// Whether no process has the file open: it has no write-ahead log.
pub(super) fn is_closed(url: &str) -> bool {
    filename(url).is_some_and(|file| {
        let mut log = file.into_os_string();
        log.push("-wal");
        !Path::new(&log).exists()
    })
}

/// A connection that creates no file next to the database, for a database that no process has open.
pub(super) async fn connect_immutable(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| self::options(sqlite, Access::Inspect).immutable(true));
    Ok(sea_orm::Database::connect(options).await?)
}

/// Makes the pool close a connection that is inside a transaction, and open another. SQLite rolls back by itself when the
/// disk is full or fails; the ROLLBACK of sqlx 0.9.0 then fails, and sqlx considers the transaction open for ever: later writes
/// would be savepoints in it, acknowledged and never committed.
pub(super) fn discard_open_transactions(options: &mut ConnectOptions) {
    options.map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(is_idle(connection)));
}

async fn is_idle(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // The ping runs after queued commands, such as the rollback of a dropped transaction.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

/// A number that changes when another connection commits; comparable between calls only.
/// `PRAGMA data_version`, <https://www.sqlite.org/pragma.html#pragma_data_version>.
pub(super) async fn data_version(connection: &DatabaseConnection) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Version {
        data_version: i64,
    }
    let pragma = Statement::from_string(connection.get_database_backend(), "PRAGMA data_version");
    let row = Version::find_by_statement(pragma).one(connection).await?;
    Ok(row.map_or(0, |row| row.data_version))
}

pub(super) async fn assert_version(connection: &DatabaseConnection) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Version {
        version: String,
    }
    let query = Statement::from_string(
        connection.get_database_backend(),
        "SELECT sqlite_version() AS version",
    );
    let version = Version::find_by_statement(query)
        .one(connection)
        .await?
        .map(|row| row.version)
        .unwrap_or_default();
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST_VERSION {
        return Err(Error::internal(format!(
            "SQLite {version} may lose commits; version 3.51.3 or later is required"
        )));
    }
    Ok(())
}
