//! Database connections: one for writing, a pool for reading, one for the feed's tailer.
//!
//! A commit is synced before it is acknowledged, on SQLite and on PostgreSQL, and readers cannot write. The differences
//! between the two are in `mod sqlite` and `mod postgres`.

mod access;
mod commit_listener;
mod connection;
mod diagnosis;
mod error;
mod exclusive;
mod file_identity;
pub mod file_size_limit;
mod new_file;
mod postgres;
mod replica;
mod schema;
mod sqlite;
mod sqlite_copy;
mod sqlite_open_error;
mod statement_timeout;
mod structure;
mod transaction;
mod url;
pub mod value_set;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::watch;

use crate::error::{Error, Result};
use access::Access;
pub use commit_listener::CommitListener;
use connection::{connect, connect_reader, connect_writer};
pub use diagnosis::Diagnosis;
pub use exclusive::begin_unused;
pub use file_identity::FileIdentity;
pub use new_file::NewFile;
use replica::Replica;
pub use schema::{begin_exclusive, grant};
pub use sqlite_copy::{copy_sqlite, open_copy, sqlite_size};
use statement_timeout::StatementTimeout;
pub use structure::{StructureReport, inspect_structure};
pub use transaction::{begin, begin_snapshot, commit};
pub use url::is_postgres;
pub use url::redact_password;
use url::{check_scheme, open_error};

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

/// What a database is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// One command.
    Command,
    /// As [`Purpose::Command`], and puts triggers back that another tool has removed or altered.
    Migrate,
    /// A server, which `migrate --new-generation` must notice.
    Serve,
}

/// How long a writer waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for a pooled connection; less than the request timeout.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);

impl Database {
    /// Opens the database and runs pending migrations.
    /// # Errors
    /// `Error::BadUserInput` for a URL that is neither SQLite's nor PostgreSQL's, for a database that cannot be
    /// opened, for one that a later version has migrated, and for one that another tool has changed.
    pub async fn open(url: &str, missing: IfMissing, purpose: Purpose) -> Result<Self> {
        check_scheme(url)?;
        let connected = connect_writer(url, missing, purpose).await;
        let writer = connected.map_err(|error| open_error(url, missing, error))?;
        match writer.get_database_backend() {
            DbBackend::Postgres => postgres::assert_server(&writer, purpose).await?,
            _ => sqlite::assert_version(&writer).await?,
        }
        schema::prepare(&writer).await?;
        if purpose == Purpose::Migrate {
            for difference in structure::restore_triggers(&writer).await? {
                tracing::warn!("{difference}: put back");
            }
        }
        inspect_structure(&writer).await?.check()?;
        Self::with_readers(url, writer, purpose).await
    }

    async fn with_readers(url: &str, writer: DatabaseConnection, purpose: Purpose) -> Result<Self> {
        let timeout = StatementTimeout::default();
        let statements = Arc::new(AtomicU64::new(0));
        let reader = connect_reader(url, &timeout, &statements, purpose).await?;
        let tail_connection = connect(url, 1, Access::Read, purpose).await?;
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
        let purpose = Purpose::Command;
        let reader = connect_reader(url, &self.timeout, &self.statements, purpose).await?;
        let monitor = connection::connect_monitor(url).await?;
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

    /// What another tool has changed in the tables and triggers since the start.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn inspect_structure(&self) -> Result<StructureReport> {
        inspect_structure(&self.tail_connection).await
    }

    /// Whether PostgreSQL accepts no writes because it is a standby.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn is_standby(&self) -> Result<bool> {
        if !is_postgres(&self.url) {
            return Ok(false);
        }
        postgres::is_standby(&self.tail_connection).await
    }

    /// Prepares the planner of PostgreSQL for many new rows. Without statistics it reads whole tables where it should use an index, until
    /// its autovacuum runs a minute later. A failure is logged: it costs time and nothing else.
    pub async fn analyze(&self) {
        if self.writer().get_database_backend() != DbBackend::Postgres {
            return;
        }
        if let Err(error) = postgres::analyze(self.writer()).await {
            tracing::warn!(cause = %error.cause_chain(), "ANALYZE failed; the database is slow until its autovacuum has run");
        }
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
