//! Access to a database that nothing else uses.
//!
//! On PostgreSQL every session of a server holds a shared advisory lock. On SQLite every open connection holds a shared lock on
//! the file, which the locking mode EXCLUSIVE must replace.

use std::time::Duration;

use sea_orm::sqlx::sqlite::SqliteLockingMode;
use sea_orm::{
    ConnectOptions, DatabaseConnection, DatabaseTransaction, DbBackend, FromQueryResult, Statement,
};

use super::connection::connect_once;
use super::url::{check_scheme, is_postgres, open_error};
use super::{Access, IfMissing, begin, postgres::SERVER_LOCK, sqlite};
use crate::error::{Error, Result};

/// A connection, and a writing transaction on it that keeps servers out until it ends. Close the connection after it.
/// # Errors
/// `Error::Conflict` while a server, or on SQLite any other process, has the database open.
pub async fn begin_unused(url: &str) -> Result<(DatabaseConnection, DatabaseTransaction)> {
    check_scheme(url)?;
    if is_postgres(url) {
        return begin_postgres(url).await;
    }
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|options| {
        sqlite::options(options, Access::Write(IfMissing::Fail))
            .locking_mode(SqliteLockingMode::Exclusive)
            .busy_timeout(Duration::ZERO)
    });
    let connection = match sea_orm::Database::connect(options).await {
        Ok(connection) => connection,
        Err(error) if error.to_string().contains("locked") => return Err(in_use_error()),
        Err(error) => return Err(open_error(url, IfMissing::Fail, error.into())),
    };
    match begin(&connection).await {
        Ok(txn) => Ok((connection, txn)),
        Err(error) if error.cause_chain().contains("locked") => Err(in_use_error()),
        Err(error) => Err(error),
    }
}

async fn begin_postgres(url: &str) -> Result<(DatabaseConnection, DatabaseTransaction)> {
    #[derive(FromQueryResult)]
    struct Lock {
        is_free: bool,
    }
    let connection = connect_once(url, Access::Write(IfMissing::Fail)).await;
    let connection = connection.map_err(|error| open_error(url, IfMissing::Fail, error))?;
    let txn = begin(&connection).await?;
    let sql = format!("SELECT pg_try_advisory_xact_lock({SERVER_LOCK}) AS is_free");
    let query = Statement::from_string(DbBackend::Postgres, sql);
    let lock = Lock::find_by_statement(query).one(&txn).await?;
    if lock.is_some_and(|lock| lock.is_free) {
        return Ok((connection, txn));
    }
    txn.rollback().await?;
    connection.close().await?;
    Err(in_use_error())
}

fn in_use_error() -> Error {
    Error::conflict(
        "new-generation",
        "a server or another command has the database open: it would continue to accept the earlier cursors; stop it first",
    )
}
