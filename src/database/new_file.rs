//! A new SQLite file for an export: filled once, by one connection, then read by others. It is not the database of a ledger.

use std::path::Path;

use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous,
};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};

use crate::error::Result;

/// Values of a statement; SQLite accepts 32,766.
const MAX_VALUES: usize = 16_000;
const PAGE_BYTES: u64 = 4_096;

pub struct NewFile(DatabaseConnection);

impl NewFile {
    /// Opens a transaction in a new file that cannot grow beyond so many bytes. There is no journal: a file that is not finished
    /// is of no use.
    pub async fn create(path: &Path, max_bytes: u64) -> Result<Self> {
        let path = path.to_owned();
        let pages = (max_bytes / PAGE_BYTES).to_string();
        let mut options = ConnectOptions::new("sqlite:");
        options
            .max_connections(1)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |_| {
                SqliteConnectOptions::new()
                    .filename(&path)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Off)
                    .synchronous(SqliteSynchronous::Off)
                    .locking_mode(SqliteLockingMode::Exclusive)
                    .pragma("max_page_count", pages.clone())
            });
        let connection = sea_orm::Database::connect(options).await?;
        connection.execute_unprepared("BEGIN").await?;
        Ok(Self(connection))
    }

    /// Runs a statement without values.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        self.0.execute_unprepared(sql).await?;
        Ok(())
    }

    /// Inserts rows of equally many values.
    pub async fn insert(&self, table: &str, rows: Vec<Vec<Value>>) -> Result<()> {
        let columns = rows.first().map_or(1, Vec::len);
        for rows in rows.chunks(MAX_VALUES / columns) {
            let row = format!("({})", vec!["?"; columns].join(","));
            let places = vec![row; rows.len()].join(",");
            let sql = format!("INSERT INTO {table} VALUES {places}");
            let values: Vec<Value> = rows.iter().flatten().cloned().collect();
            let insert = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
            self.0.execute_raw(insert).await?;
        }
        Ok(())
    }

    /// Commits and closes the file.
    pub async fn finish(self) -> Result<()> {
        self.0.execute_unprepared("COMMIT").await?;
        Ok(self.0.close().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_does_not_grow_beyond_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.sqlite");
        let file = NewFile::create(&path, 100_000).await.unwrap();
        file.execute("CREATE TABLE t (a TEXT)").await.unwrap();
        let rows = || vec![vec![Value::from("x".repeat(1_000))]; 10];
        let mut written = 0;
        let error = loop {
            match file.insert("t", rows()).await {
                Ok(()) => written += 10,
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), "STORAGE_FULL");
        assert!((50..100).contains(&written), "{written}");
        assert!(std::fs::metadata(&path).unwrap().len() <= 100_000);
    }
}
