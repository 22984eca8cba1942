//! Commit listener: wakes the feed's tailer when another process may have committed.
//!
//! On PostgreSQL it listens for `NOTIFY`, on SQLite it polls `PRAGMA data_version`. Wake-ups may be lost or spurious; the
//! tailer reads the entries from the ledger.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::{self, postgres::PgListener};
use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{postgres, sqlite};
use crate::telemetry::repeated_failure::RepeatedFailure;

/// Between two polls of a SQLite file.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// The longest wait, in case a notification was lost.
const FALLBACK_INTERVAL: Duration = Duration::from_secs(1);
/// Between two attempts to connect to PostgreSQL.
const RECONNECT_DELAY: Duration = Duration::from_millis(200);

pub enum CommitListener {
    Sqlite {
        connection: DatabaseConnection,
        version: Option<i64>,
    },
    Postgres {
        wake: Arc<Notify>,
        listener: JoinHandle<()>,
    },
}

impl CommitListener {
    pub(super) fn start(url: &str, connection: DatabaseConnection) -> Self {
        if connection.get_database_backend() != DbBackend::Postgres {
            return Self::Sqlite {
                connection,
                version: None,
            };
        }
        let wake = Arc::new(Notify::new());
        let listener = tokio::spawn(listen(url.to_owned(), Arc::clone(&wake)));
        Self::Postgres { wake, listener }
    }

    /// Returns when another process has committed, at the latest after [`FALLBACK_INTERVAL`]. Cancel-safe.
    pub async fn wait(&mut self) {
        match self {
            Self::Sqlite {
                connection,
                version,
            } => {
                drop(timeout(FALLBACK_INTERVAL, poll_data_version(connection, version)).await);
            }
            Self::Postgres { wake, .. } => drop(timeout(FALLBACK_INTERVAL, wake.notified()).await),
        }
    }
}

impl Drop for CommitListener {
    fn drop(&mut self) {
        if let Self::Postgres { listener, .. } = self {
            listener.abort();
        }
    }
}

async fn poll_data_version(connection: &DatabaseConnection, version: &mut Option<i64>) {
    loop {
        sleep(POLL_INTERVAL).await;
        let current = sqlite::data_version(connection).await.ok();
        if current != *version {
            *version = current;
            return;
        }
    }
}

/// Listens on a separate connection and reconnects whenever it breaks.
async fn listen(url: String, wake: Arc<Notify>) {
    let failure = RepeatedFailure::new("notifications of commits (LISTEN)");
    loop {
        if let Err(error) = listen_once(&url, &wake, &failure).await
            && failure.begins()
        {
            tracing::warn!(%error, "lost the LISTEN connection; polling every second until it is back");
        }
        sleep(RECONNECT_DELAY).await;
    }
}

async fn listen_once(url: &str, wake: &Notify, failure: &RepeatedFailure) -> sqlx::Result<()> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(postgres::CHANNEL).await?;
    failure.ends();
    loop {
        // Commits before the LISTEN took effect were not notified.
        wake.notify_one();
        // `None` after a lost connection was re-established.
        listener.try_recv().await?;
    }
}
