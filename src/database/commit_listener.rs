//! Knowing that another process may have committed. A bell may be lost and may ring for nothing; entries are read from
//! the ledger.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::{self, postgres::PgListener};
use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{postgres, sqlite};

/// How often a SQLite file is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// It rings after so long if nothing else rang it.
const SAFETY: Duration = Duration::from_secs(1);
/// Between two tries to listen to PostgreSQL.
const AGAIN: Duration = Duration::from_millis(200);

pub enum Doorbell {
    Sqlite {
        watcher: DatabaseConnection,
        version: Option<i64>,
    },
    Postgres {
        rung: Arc<Notify>,
        listener: JoinHandle<()>,
    },
}

impl Doorbell {
    pub(super) fn hang(url: &str, watcher: DatabaseConnection) -> Self {
        if watcher.get_database_backend() != DbBackend::Postgres {
            return Self::Sqlite {
                watcher,
                version: None,
            };
        }
        let rung = Arc::new(Notify::new());
        let listener = tokio::spawn(listen(url.to_owned(), Arc::clone(&rung)));
        Self::Postgres { rung, listener }
    }

    /// Returns when another process has committed, or at the latest after [`SAFETY`]. Nothing is lost by dropping it.
    pub async fn rung(&mut self) {
        match self {
            Self::Sqlite { watcher, version } => {
                drop(timeout(SAFETY, look(watcher, version)).await);
            }
            Self::Postgres { rung, .. } => drop(timeout(SAFETY, rung.notified()).await),
        }
    }
}

impl Drop for Doorbell {
    fn drop(&mut self) {
        if let Self::Postgres { listener, .. } = self {
            listener.abort();
        }
    }
}

async fn look(watcher: &DatabaseConnection, version: &mut Option<i64>) {
    loop {
        sleep(LOOK).await;
        let found = sqlite::version(watcher).await.ok();
        if found != *version {
            *version = found;
            return;
        }
    }
}

/// A connection of its own, made anew whenever it breaks.
async fn listen(url: String, rung: Arc<Notify>) {
    loop {
        if let Err(error) = listen_once(&url, &rung).await {
            tracing::warn!(%error, "the connection that listens for commits broke; looking each second meanwhile");
        }
        sleep(AGAIN).await;
    }
}

async fn listen_once(url: &str, rung: &Notify) -> sqlx::Result<()> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(postgres::CHANNEL).await?;
    loop {
        // Whatever was committed before it could be heard.
        rung.notify_one();
        // None where the connection was lost and made again.
        listener.try_recv().await?;
    }
}
