//! A copy of the database that PostgreSQL keeps up by itself, a little behind: whoever asks is sent there only if it has
//! come as far as they have seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sea_orm::{DatabaseConnection, FromQueryResult, Statement};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::error::{Error, Result};

/// Between two looks at a copy that is behind.
const LOOK: Duration = Duration::from_millis(10);
/// Between two looks at one that is not, or that does not answer.
const REST: Duration = Duration::from_secs(1);
/// How far a copy has come that cannot be asked.
const NOWHERE: i64 = -1;

#[derive(Clone)]
pub(super) struct Replica {
    pub(super) reader: DatabaseConnection,
    /// For the question how far it has come, which waits for nobody's.
    watcher: DatabaseConnection,
    come: Arc<AtomicI64>,
}

impl Replica {
    pub(super) fn new(reader: DatabaseConnection, watcher: DatabaseConnection) -> Self {
        Self {
            reader,
            watcher,
            come: Arc::new(AtomicI64::new(NOWHERE)),
        }
    }

    pub(super) fn has(&self, seq: i64) -> bool {
        self.come.load(Ordering::Acquire) >= seq
    }

    /// Keeps an eye on it until the heads end. A ledger of another generation is never read.
    pub(super) fn follow(self, generation: String, head: watch::Receiver<i64>) -> JoinHandle<()> {
        tokio::spawn(self.watch(generation, head))
    }

    async fn watch(self, generation: String, mut head: watch::Receiver<i64>) {
        let mut was_well = true;
        loop {
            let wanted = *head.borrow_and_update();
            // One that hangs is of as little use as one that is gone.
            let asked = timeout(REST, self.ask(&generation)).await;
            let come = asked.unwrap_or(Err(Error::Timeout));
            if let Err(error) = &come
                && was_well
            {
                tracing::warn!(cause = %error.causes(), "the replica cannot be read; everybody reads the primary");
            }
            was_well = come.is_ok();
            let come = come.unwrap_or(NOWHERE);
            self.come.store(come, Ordering::Release);
            if was_well && come < wanted {
                sleep(LOOK).await;
                continue;
            }
            match timeout(REST, head.changed()).await {
                Ok(Err(_)) => return,
                // A replica that does not answer is not asked for each entry.
                Ok(Ok(())) if !was_well => sleep(REST).await,
                Ok(Ok(())) | Err(_) => {}
            }
        }
    }

    async fn ask(&self, generation: &str) -> Result<i64> {
        #[derive(FromQueryResult)]
        struct Head {
            generation: String,
            seq: i64,
        }
        let sql = "SELECT generation, seq FROM ledger_head WHERE id = 1";
        let query = Statement::from_string(self.watcher.get_database_backend(), sql);
        let head = Head::find_by_statement(query).one(&self.watcher).await?;
        match head {
            Some(head) if head.generation == generation => Ok(head.seq),
            _ => Err(Error::internal("it holds another ledger")),
        }
    }

    pub(super) async fn close(self) -> Result<()> {
        self.watcher.close().await?;
        Ok(self.reader.close().await?)
    }
}
