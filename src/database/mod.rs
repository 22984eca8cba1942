//! Database connections: one for writing, a pool for reading, one for the feed's tailer.
//!
//! A commit is synced before it is acknowledged, on SQLite and on PostgreSQL, and readers cannot write. The differences
//! between the two are in `mod sqlite` and `mod postgres`.

mod commit_listener;
mod file_identity;
pub mod file_size_limit;
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
pub use commit_listener::CommitListener;
pub use file_identity::FileIdentity;
use replica::Replica;
pub use schema::{begin_exclusive, grant};
pub use sqlite_copy::{copy_sqlite, open_copy};
use statement_timeout::StatementTimeout;
pub use transaction::{begin, begin_snapshot, commit};
pub use url::redact_password;
use url::{check_scheme, is_postgres, open_error};

#[derive(Clone)]
pub struct Database {
    url: Arc<str>,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    tail_connection: DatabaseConnection,
    replica: Option<Replica>,
    statements: Arc<AtomicU64>,
    timeout: StatementTimeout,
    files: FileIdentity,
}

/// What to do about a database that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMissing {
    Create,
    /// A mistyped URL must not look like an empty ledger.
    Fail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Read,
    /// Opens the file itself read-only, so that nothing is created or changed.
    Inspect,
    Write(IfMissing),
}

/// Size of the read pool.
const MAX_READERS: u32 = 4;
/// How long a writer waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for a pooled connection; less than the request timeout.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);

impl Database {
    /// Opens the database and runs pending migrations.
    /// # Errors
    /// `Error::BadUserInput` for a URL that is neither SQLite's nor PostgreSQL's, for a database that cannot be
    /// opened, and for one that a later version has migrated.
    pub async fn open(url: &str, missing: IfMissing) -> Result<Self> {
        check_scheme(url)?;
        let writer = connect(url, 1, Access::Write(missing)).await;
        let writer = writer.map_err(|error| open_error(url, missing, error))?;
        match writer.get_database_backend() {
            DbBackend::Postgres => postgres::assert_server(&writer).await?,
            _ => sqlite::assert_version(&writer).await?,
        }
        schema::prepare(&writer).await?;
        Self::with_readers(url, writer).await
    }

    /// One connection to an existing, current database, which it neither migrates nor changes.
    /// # Errors
    /// `Error::BadUserInput` for a database that cannot be opened, or that does not have the tables of this version.
    pub async fn inspect(url: &str) -> Result<DatabaseConnection> {
        check_scheme(url)?;
        let connection = connect(url, 1, Access::Inspect).await;
        let connection = connection.map_err(|error| open_error(url, IfMissing::Fail, error))?;
        schema::assert_current(&connection, &redact_password(url)).await?;
        Ok(connection)
    }

    async fn with_readers(url: &str, writer: DatabaseConnection) -> Result<Self> {
        let timeout = StatementTimeout::default();
        let statements = Arc::new(AtomicU64::new(0));
        let reader = connect_reader(url, &timeout, &statements).await?;
        let tail_connection = connect(url, 1, Access::Read).await?;
        Ok(Self {
            url: url.into(),
            writer,
            reader,
            tail_connection,
            replica: None,
            statements,
            timeout,
            files: FileIdentity::of(url),
        })
    }

    /// The identity of the SQLite files that are open.
    pub fn files(&self) -> &FileIdentity {
        &self.files
    }

    /// Adds a PostgreSQL replica, which [`Database::reader_at`] returns while it is usable.
    pub async fn add_replica(&mut self, url: &str) -> Result<()> {
        if !is_postgres(url) || !is_postgres(&self.url) {
            return Err(Error::bad_input(
                "read-database-url",
                "requires PostgreSQL, both for the database and for its replica",
            ));
        }
        let reader = connect_reader(url, &self.timeout, &self.statements).await?;
        let mut options = options(url, 1, Access::Read);
        options.connect_lazy(true).min_connections(0);
        postgres::configure(&mut options, Access::Read, None);
        let monitor = sea_orm::Database::connect(options).await?;
        self.replica = Some(Replica::new(reader, monitor));
        Ok(())
    }

    /// Starts the replica's monitor, if there is a replica; it runs until the sender of `head` is dropped.
    pub fn follow_replica(&self, generation: &str, head: watch::Receiver<i64>) {
        if let Some(replica) = self.replica.clone() {
            // The task ends with the feed.
            drop(replica.spawn_monitor(generation.to_owned(), head));
        }
    }

    /// Sets the statement timeout of readers: a longer statement fails with `Error::Timeout`. Writers are not limited.
    pub fn limit_statements(&self, timeout: Duration) {
        self.timeout.set(timeout);
    }

    /// An in-memory database with the same tables and one connection, in which `verify` rebuilds the projections.
    pub async fn open_in_memory() -> Result<DatabaseConnection> {
        let connection = connect("sqlite::memory:", 1, Access::Write(IfMissing::Create)).await?;
        migration::run(&connection).await?;
        Ok(connection)
    }

    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// The connection for a client that has seen the ledger up to `seq`: the replica if it has applied that entry.
    pub fn reader_at(&self, seq: i64) -> &DatabaseConnection {
        let replica = self
            .replica
            .as_ref()
            .filter(|replica| replica.has_applied(seq));
        replica.map_or(&self.reader, |replica| &replica.reader)
    }

    /// The connection of the feed's tailer; requests do not use it.
    pub fn tail_connection(&self) -> &DatabaseConnection {
        &self.tail_connection
    }

    /// For `ledger/` only.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Number of statements that readers have run; tests use it to measure batching.
    pub fn sql_statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Whether the database has every table that this program needs.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn is_current(&self) -> Result<bool> {
        schema::is_current(&self.tail_connection).await
    }

    /// A listener that wakes when another process may have committed.
    pub fn commit_listener(&self) -> CommitListener {
        CommitListener::start(&self.url, self.tail_connection.clone())
    }

    pub async fn close(self) -> Result<()> {
        if let Some(replica) = self.replica {
            replica.close().await?;
        }
        self.tail_connection.close().await?;
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

async fn connect(url: &str, connections: u32, access: Access) -> Result<DatabaseConnection> {
    let mut options = options(url, connections, access);
    if is_postgres(url) {
        postgres::configure(&mut options, access, None);
    } else {
        sqlite::discard_open_transactions(&mut options);
    }
    Ok(sea_orm::Database::connect(options).await?)
}

async fn connect_reader(
    url: &str,
    timeout: &StatementTimeout,
    statements: &Arc<AtomicU64>,
) -> Result<DatabaseConnection> {
    let mut options = options(url, MAX_READERS, Access::Read);
    if is_postgres(url) {
        // Lazy, so that the first session starts after the timeout is set.
        options.connect_lazy(true).min_connections(0);
        postgres::configure(&mut options, Access::Read, Some(timeout.clone()));
    } else {
        timeout.apply(&mut options);
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
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| sqlite::options(sqlite, access));
    options
}
