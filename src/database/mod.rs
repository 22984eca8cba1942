//! Connections: one that writes, a pool that reads, one that watches for other processes' commits.
//!
//! On SQLite the file is in WAL mode, every commit is synced before it is acknowledged, and readers cannot write.

mod current;
mod limit;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectOptions, DatabaseConnection, DatabaseTransaction, FromQueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use crate::error::{Error, Result};
use limit::StatementLimit;

#[derive(Clone)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    watcher: DatabaseConnection,
    statements: Arc<AtomicU64>,
    limit: StatementLimit,
}

/// What to do about a database that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Make,
    /// A mistyped address must not look like an empty ledger.
    Refuse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Read,
    Write(Missing),
}

/// Below it, WAL files with more than one connection may lose commits: <https://www.sqlite.org/changes.html#version_3_51_3>.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
const READERS: u32 = 4;
/// How long a writer waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);

impl Database {
    /// Opens the database and brings its tables up to date.
    /// # Errors
    /// `Error::BadUserInput` for an address that is not SQLite's, or that cannot be opened.
    pub async fn open(url: &str, missing: Missing) -> Result<Self> {
        if !url.starts_with("sqlite:") {
            return Err(Error::bad_input(
                "database-url",
                format!("`{url}` does not begin with sqlite:"),
            ));
        }
        let writer = connect(url, 1, Access::Write(missing)).await;
        let writer = writer.map_err(|error| unopened(url, missing, error))?;
        assert_version(&writer).await?;
        let txn = begin(&writer).await?;
        migration::run(&txn).await?;
        txn.commit().await?;
        let limit = StatementLimit::default();
        let mut reader = sea_orm::Database::connect({
            let mut options = options(url, READERS, Access::Read);
            limit.apply(&mut options);
            options
        })
        .await?;
        let statements = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&statements);
        reader.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let watcher = connect(url, 1, Access::Read).await?;
        Ok(Self {
            writer,
            reader,
            watcher,
            statements,
            limit,
        })
    }

    /// From now on a reader's statement that takes longer fails with `Error::Timeout`. Nothing that writes is limited.
    pub fn limit_statements(&self, limit: Duration) {
        self.limit.set(limit);
    }

    /// A database in memory with the same tables, for one connection: what `verify` rebuilds projections in.
    pub async fn scratch() -> Result<DatabaseConnection> {
        let connection = connect("sqlite::memory:", 1, Access::Write(Missing::Make)).await?;
        migration::run(&connection).await?;
        Ok(connection)
    }

    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For the feed's tailer, whose reading is nobody's question.
    pub fn watcher(&self) -> &DatabaseConnection {
        &self.watcher
    }

    /// For `ledger/` only.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// How many statements the readers have run; tests count what batching saves.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// A number that changes when another connection commits; comparable between calls only.
    /// `PRAGMA data_version`, <https://www.sqlite.org/pragma.html#pragma_data_version>.
    pub async fn version(&self) -> Result<i64> {
        #[derive(FromQueryResult)]
        struct Version {
            data_version: i64,
        }
        let pragma =
            Statement::from_string(self.watcher.get_database_backend(), "PRAGMA data_version");
        let row = Version::find_by_statement(pragma)
            .one(&self.watcher)
            .await?;
        Ok(row.map_or(0, |row| row.data_version))
    }

    pub async fn close(self) -> Result<()> {
        self.watcher.close().await?;
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

/// A transaction that holds the write lock from its first moment: one that reads first and then writes would fail at
/// once with `SQLITE_BUSY_SNAPSHOT`, however long it is told to wait.
pub async fn begin(writer: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(writer.begin_with_options(options).await?)
}

async fn connect(url: &str, connections: u32, access: Access) -> Result<DatabaseConnection> {
    Ok(sea_orm::Database::connect(options(url, connections, access)).await?)
}

fn options(url: &str, connections: u32, access: Access) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(access == Access::Write(Missing::Make))
                .foreign_keys(true)
                .busy_timeout(BUSY)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma(
                    "query_only",
                    if access == Access::Read { "ON" } else { "OFF" },
                )
        });
    options
}

/// The operator's address is at fault more often than the file.
fn unopened(url: &str, missing: Missing, error: Error) -> Error {
    let Error::Internal(cause) = &error else {
        return error;
    };
    let hint = match missing {
        Missing::Make => "",
        Missing::Refuse => " (it must exist)",
    };
    Error::bad_input(
        "database-url",
        format!("cannot open `{url}`{hint}: {cause}"),
    )
}

async fn assert_version(connection: &DatabaseConnection) -> Result<()> {
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
    let found = (
        numbers.next().unwrap_or(0),
        numbers.next().unwrap_or(0),
        numbers.next().unwrap_or(0),
    );
    if found < OLDEST_SQLITE {
        return Err(Error::internal(format!(
            "SQLite {version} may lose commits; 3.51.3 or later is needed"
        )));
    }
    Ok(())
}
