//! A copy of a database of SQLite in a file of its own, made while others read and write.

use std::path::Path;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::url::{is_postgres, unopened};
use super::{Access, Missing, connect};
use crate::error::{Error, Result};

/// Writes the database as it is at one moment, whatever version made it, to an empty file, named by an absolute path: what begins
/// with `file:` SQLite would take for an address.
/// # Errors
/// `Error::BadUserInput` for PostgreSQL, and for a database that cannot be opened.
pub async fn copy(url: &str, file: &Path) -> Result<()> {
    if is_postgres(url) {
        let what = "PostgreSQL makes copies by its own pg_dump: see docs/operating.md";
        return Err(Error::bad_input("database-url", what));
    }
    let name = file.to_str();
    let name = name.ok_or_else(|| Error::bad_input("file", "its name is not UTF-8"))?;
    let source = connect(url, 1, Access::Write(Missing::Refuse)).await;
    let source = source.map_err(|error| unopened(url, Missing::Refuse, error))?;
    // <https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause>
    let copied = source
        .execute_raw(Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "VACUUM INTO ?",
            [name.into()],
        ))
        .await;
    source.close().await?;
    copied?;
    Ok(())
}

/// A copy, to be changed before anybody uses it: one file, without a log beside it.
pub async fn open_copy(file: &Path) -> Result<DatabaseConnection> {
    let path = file.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| SqliteConnectOptions::new().filename(&path));
    Ok(sea_orm::Database::connect(options).await?)
}
