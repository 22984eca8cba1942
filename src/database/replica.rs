//! Read replica of a PostgreSQL database. A monitor task queries which ledger entry it has applied; a client reads from it only
//! if it has applied every entry that the client has seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sea_orm::{DatabaseConnection, FromQueryResult, Statement};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::error::{Error, Result};

/// Between two checks of a replica that is behind.
const CATCH_UP_INTERVAL: Duration = Duration::from_millis(10);
/// Between two checks of a replica that is current or unreachable.
const IDLE_INTERVAL: Duration = Duration::from_secs(1);
/// The applied seq of a replica that cannot be queried.
const UNKNOWN_SEQ: i64 = -1;

#[derive(Clone)]
pub(super) struct Replica {
    pub(super) reader: DatabaseConnection,
    /// For the monitor, so that it does not wait for a pooled connection.
    monitor_connection: DatabaseConnection,
    applied_seq: Arc<AtomicI64>,
}

impl Replica {
    pub(super) fn new(reader: DatabaseConnection, monitor_connection: DatabaseConnection) -> Self {
        Self {
            reader,
            monitor_connection,
            applied_seq: Arc::new(AtomicI64::new(UNKNOWN_SEQ)),
        }
    }

    pub(super) fn has_applied(&self, seq: i64) -> bool {
        self.applied_seq.load(Ordering::Acquire) >= seq
    }

    /// Monitors the replica until the sender of `head` is dropped. A ledger of another generation is never read.
    pub(super) fn spawn_monitor(
        self,
        generation: String,
        head: watch::Receiver<i64>,
    ) -> JoinHandle<()> {
        tokio::spawn(self.monitor(generation, head))
    }

    async fn monitor(self, generation: String, mut head: watch::Receiver<i64>) {
        let mut was_healthy = true;
        loop {
            let target_seq = *head.borrow_and_update();
            // A replica that hangs is as useless as one that is gone.
            let response = timeout(IDLE_INTERVAL, self.query_head(&generation)).await;
            let head_seq = response.unwrap_or(Err(Error::Timeout));
            if let Err(error) = &head_seq
                && was_healthy
            {
                tracing::warn!(cause = %error.cause_chain(), "the replica is unusable; all reads use the primary");
            }
            was_healthy = head_seq.is_ok();
            let applied_seq = head_seq.unwrap_or(UNKNOWN_SEQ);
            self.applied_seq.store(applied_seq, Ordering::Release);
            if was_healthy && applied_seq < target_seq {
                sleep(CATCH_UP_INTERVAL).await;
                continue;
            }
            match timeout(IDLE_INTERVAL, head.changed()).await {
                Ok(Err(_)) => return,
                // An unreachable replica is not queried for each entry.
                Ok(Ok(())) if !was_healthy => sleep(IDLE_INTERVAL).await,
                Ok(Ok(())) | Err(_) => {}
            }
        }
    }

    async fn query_head(&self, generation: &str) -> Result<i64> {
        #[derive(FromQueryResult)]
        struct Head {
            generation: String,
            seq: i64,
        }
        let sql = "SELECT generation, seq FROM ledger_head WHERE id = 1";
        let query = Statement::from_string(self.monitor_connection.get_database_backend(), sql);
        let head = Head::find_by_statement(query)
            .one(&self.monitor_connection)
            .await?;
        match head {
            Some(head) if head.generation == generation => Ok(head.seq),
            _ => Err(Error::internal("the replica contains another ledger")),
        }
    }

    pub(super) async fn close(self) -> Result<()> {
        self.monitor_connection.close().await?;
        Ok(self.reader.close().await?)
    }
}
