//! A limit of time for each statement of the readers, so that none holds a connection for long whoever asked for it.
//!
//! PostgreSQL keeps it itself. SQLite asks us every few thousand steps whether to go on (`sqlite3_progress_handler`). A connection is lent for one
//! statement at a time, so the time runs from when it is lent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::ConnectOptions;
use sea_orm::sqlx::{self, SqliteConnection};

/// Steps of SQLite's virtual machine between two questions: some tens of microseconds.
const STEPS: i32 = 4_000;

/// Clones share one limit. There is none until it is set.
#[derive(Clone, Debug, Default)]
pub(super) struct StatementLimit(Arc<AtomicU64>);

impl StatementLimit {
    pub(super) fn set(&self, limit: Duration) {
        let micros = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
        self.0.store(micros, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    /// Takes the place of the ping that the pool would send to a connection before each use.
    pub(super) fn apply(&self, options: &mut ConnectOptions) {
        let (at_first, at_reuse) = (self.clone(), self.clone());
        options
            .test_before_acquire(false)
            .map_sqlx_sqlite_pool_opts(move |pool| {
                let limit = at_first.clone();
                pool.after_connect(move |connection, _| {
                    let limit = limit.clone();
                    Box::pin(async move { limit.begin(connection).await })
                })
            })
            .map_sqlx_sqlite_before_acquire(move |connection, _| {
                let limit = at_reuse.clone();
                Box::pin(async move { limit.begin(connection).await.map(|()| true) })
            });
    }

    async fn begin(&self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        let limit = self.get();
        if limit.is_zero() {
            return Ok(());
        }
        let begun = Instant::now();
        let mut handle = connection.lock_handle().await?;
        handle.set_progress_handler(STEPS, move || begun.elapsed() < limit);
        Ok(())
    }
}
