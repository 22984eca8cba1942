//! Online copy of a SQLite database into a new file (`VACUUM INTO`), while other processes read and write.

use std::path::Path;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::connection::connect_once;
use super::url::{is_postgres, open_error};
use super::{Access, IfMissing};
use crate::error::{Error, Result};

/// Writes a consistent snapshot of the database, of any schema version, to an empty file. The path is absolute: SQLite would
/// parse one that starts with `file:` as a URI.
/// # Errors
/// `Error::BadUserInput` for PostgreSQL, and for a database that cannot be opened.
pub async fn copy_sqlite(url: &str, file: &Path) -> Result<()> {
    let name = file.to_str();
    let name = name.ok_or_else(|| Error::bad_input("file", "the file name is not valid UTF-8"))?;
    let source = open_source(url).await?;
    // <https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause>
    let result = source
        .execute_raw(Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "VACUUM INTO ?",
            [name.into()],
        ))
        .await;
    source.close().await?;
    result?;
    Ok(())
}

/// The bytes of the database in use, which a copy has about.
/// # Errors
/// Those of [`copy_sqlite`].
pub async fn sqlite_size(url: &str) -> Result<u64> {
    let source = open_source(url).await?;
    let sql = "SELECT (page_count - freelist_count) * page_size AS bytes
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
    let query = Statement::from_string(DbBackend::Sqlite, sql);
    let row = source.query_one_raw(query).await;
    source.close().await?;
    let bytes: i64 = row?.map_or(Ok(0), |row| row.try_get("", "bytes"))?;
    Ok(bytes.unsigned_abs())
}

async fn open_source(url: &str) -> Result<DatabaseConnection> {
    if is_postgres(url) {
        let message =
            "backup supports SQLite only; use pg_dump for PostgreSQL (see docs/operating.md)";
        return Err(Error::bad_input("database-url", message));
    }
    let source = connect_once(url, Access::Write(IfMissing::Fail)).await;
    source.map_err(|error| open_error(url, IfMissing::Fail, error))
}

/// Opens a copy for changes before its first use: a single file, without a write-ahead log.
pub async fn open_copy(file: &Path) -> Result<DatabaseConnection> {
    let path = file.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| SqliteConnectOptions::new().filename(&path));
    Ok(sea_orm::Database::connect(options).await?)
}
