//! Statement timeout of readers, so that no statement holds a pooled connection for long.
//!
//! PostgreSQL enforces it (`statement_timeout`). On SQLite a progress handler interrupts the statement
//! (`sqlite3_progress_handler`). The pool lends a connection for one statement at a time, so the time runs from then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::ConnectOptions;
use sea_orm::sqlx::{self, SqliteConnection};

/// Steps of SQLite's virtual machine between two calls of the handler: some tens of microseconds.
const STEPS_PER_CHECK: i32 = 4_000;

/// Clones share one timeout. Zero, the default, is no timeout.
#[derive(Clone, Debug, Default)]
pub(super) struct StatementTimeout(Arc<AtomicU64>);

impl StatementTimeout {
    pub(super) fn set(&self, timeout: Duration) {
        let micros = u64::try_from(timeout.as_micros()).unwrap_or(u64::MAX);
        self.0.store(micros, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    /// Installs the handler before each use of a connection, in place of the pool's ping.
    pub(super) fn apply(&self, options: &mut ConnectOptions) {
        let (on_connect, before_acquire) = (self.clone(), self.clone());
        options
            .test_before_acquire(false)
            .map_sqlx_sqlite_pool_opts(move |pool| {
                let timeout = on_connect.clone();
                pool.after_connect(move |connection, _| {
                    let timeout = timeout.clone();
                    Box::pin(async move { timeout.start_timer(connection).await })
                })
            })
            .map_sqlx_sqlite_before_acquire(move |connection, _| {
                let timeout = before_acquire.clone();
                Box::pin(async move { timeout.start_timer(connection).await.map(|()| true) })
            });
    }

    async fn start_timer(&self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        let timeout = self.get();
        if timeout.is_zero() {
            return Ok(());
        }
        let started = Instant::now();
        let mut handle = connection.lock_handle().await?;
        handle.set_progress_handler(STEPS_PER_CHECK, move || started.elapsed() < timeout);
        Ok(())
    }
}
