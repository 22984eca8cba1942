//! Connections: one that writes, a pool that reads, one that watches for other processes' commits.
//!
//! A commit is synced before it is acknowledged, on SQLite and on PostgreSQL, and readers cannot write. What differs
//! between the two is in `mod sqlite` and `mod postgres`.

mod commit_listener;
mod postgres;
mod replica;
mod schema;
mod sqlite;
mod sqlite_copy;
mod statement_timeout;
mod transaction;
mod url;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{ConnectOptions, DatabaseConnection, DbBackend};
use tokio::sync::watch;

use crate::error::{Error, Result};
pub use commit_listener::Doorbell;
use replica::Replica;
pub use schema::{begin_alone, grant};
pub use sqlite_copy::{copy, open_copy};
use statement_timeout::StatementLimit;
pub use transaction::{begin, begin_snapshot, commit};
pub use url::hidden;
use url::{is_postgres, unopened};

#[derive(Clone)]
pub struct Database {
    url: Arc<str>,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    watcher: DatabaseConnection,
    replica: Option<Replica>,
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

/// Connections of the pool that reads.
const READERS: u32 = 4;
/// How long a writer waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);
/// How long anybody waits for a connection; less than a request may take.
const ACQUIRE: Duration = Duration::from_secs(8);

impl Database {
    /// Opens the database and brings its tables up to date.
    /// # Errors
    /// `Error::BadUserInput` for an address that is neither SQLite's nor PostgreSQL's, for a database that cannot be
    /// opened, and for one that a later version has migrated.
    pub async fn open(url: &str, missing: Missing) -> Result<Self> {
        if !url.starts_with("sqlite:") && !is_postgres(url) {
            return Err(Error::bad_input(
                "database-url",
                format!("`{}` does not begin with sqlite: or postgres:", hidden(url)),
            ));
        }
        let writer = connect(url, 1, Access::Write(missing)).await;
        let writer = writer.map_err(|error| unopened(url, missing, error))?;
        match writer.get_database_backend() {
            DbBackend::Postgres => postgres::assert_server(&writer).await?,
            _ => sqlite::assert_version(&writer).await?,
        }
        schema::prepare(&writer).await?;
        Self::with_readers(url, writer).await
    }

    async fn with_readers(url: &str, writer: DatabaseConnection) -> Result<Self> {
        let limit = StatementLimit::default();
        let statements = Arc::new(AtomicU64::new(0));
        let reader = connect_reader(url, &limit, &statements).await?;
        let watcher = connect(url, 1, Access::Read).await?;
        Ok(Self {
            url: url.into(),
            writer,
            reader,
            watcher,
            replica: None,
            statements,
            limit,
        })
    }

    /// From now on [`Database::reader_at`] gives a copy of the database that is kept up by PostgreSQL, if it can be read.
    pub async fn add_replica(&mut self, url: &str) -> Result<()> {
        if !is_postgres(url) || !is_postgres(&self.url) {
            return Err(Error::bad_input(
                "read-database-url",
                "only PostgreSQL keeps replicas",
            ));
        }
        let reader = connect_reader(url, &self.limit, &self.statements).await?;
        let mut options = options(url, 1, Access::Read);
        options.connect_lazy(true).min_connections(0);
        postgres::set_up(&mut options, Access::Read, None);
        let watcher = sea_orm::Database::connect(options).await?;
        self.replica = Some(Replica::new(reader, watcher));
        Ok(())
    }

    /// Follows the replica, if there is one, until the heads end.
    pub fn follow_replica(&self, generation: &str, head: watch::Receiver<i64>) {
        if let Some(replica) = self.replica.clone() {
            // It ends with the feed.
            drop(replica.follow(generation.to_owned(), head));
        }
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

    /// For somebody who has seen the ledger up to `seq`: the replica, if it has come so far.
    pub fn reader_at(&self, seq: i64) -> &DatabaseConnection {
        let replica = self.replica.as_ref().filter(|replica| replica.has(seq));
        replica.map_or(&self.reader, |replica| &replica.reader)
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

    /// Whether the tables are those that this program needs.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn is_current(&self) -> Result<bool> {
        schema::is_current(&self.watcher).await
    }

    /// Rings when another process may have committed.
    pub fn doorbell(&self) -> Doorbell {
        Doorbell::hang(&self.url, self.watcher.clone())
    }

    pub async fn close(self) -> Result<()> {
        if let Some(replica) = self.replica {
            replica.close().await?;
        }
        self.watcher.close().await?;
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

async fn connect(url: &str, connections: u32, access: Access) -> Result<DatabaseConnection> {
    let mut options = options(url, connections, access);
    if is_postgres(url) {
        postgres::set_up(&mut options, access, None);
    } else {
        sqlite::refuse_open_transactions(&mut options);
    }
    Ok(sea_orm::Database::connect(options).await?)
}

async fn connect_reader(
    url: &str,
    limit: &StatementLimit,
    statements: &Arc<AtomicU64>,
) -> Result<DatabaseConnection> {
    let mut options = options(url, READERS, Access::Read);
    if is_postgres(url) {
        // Its first session begins after the limit is set.
        options.connect_lazy(true).min_connections(0);
        postgres::set_up(&mut options, Access::Read, Some(limit.clone()));
    } else {
        limit.apply(&mut options);
    }
    let mut reader = sea_orm::Database::connect(options).await?;
    let counter = Arc::clone(statements);
    reader.set_metric_callback(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    Ok(reader)
}

fn options(url: &str, connections: u32, access: Access) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| sqlite::options(sqlite, access));
    options
}
