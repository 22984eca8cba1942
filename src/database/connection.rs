//! Connections and pools, with their options.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{ConnectOptions, DatabaseConnection};

use super::statement_timeout::StatementTimeout;
use super::url::is_postgres;
use super::{ACQUIRE_TIMEOUT, Access, IfMissing, Purpose, postgres, sqlite};
use crate::error::Result;

/// Size of the read pool.
const MAX_READERS: u32 = 4;

/// The writer's connection. A PostgreSQL server that cannot be reached is an error at once: the pool would retry for
/// [`ACQUIRE_TIMEOUT`], and then say nothing but that.
pub(super) async fn connect_writer(
    url: &str,
    missing: IfMissing,
    purpose: Purpose,
) -> Result<DatabaseConnection> {
    if is_postgres(url) {
        postgres::try_connect(url).await?;
    }
    connect(url, 1, Access::Write(missing), purpose).await
}

/// One connection for one command.
pub(super) async fn connect_once(url: &str, access: Access) -> Result<DatabaseConnection> {
    if is_postgres(url) {
        postgres::try_connect(url).await?;
    }
    connect(url, 1, access, Purpose::Command).await
}

pub(super) async fn connect(
    url: &str,
    connections: u32,
    access: Access,
    purpose: Purpose,
) -> Result<DatabaseConnection> {
    let mut options = options(url, connections, access);
    if is_postgres(url) {
        postgres::configure(&mut options, access, None, purpose);
    } else {
        sqlite::discard_open_transactions(&mut options);
    }
    Ok(sea_orm::Database::connect(options).await?)
}

pub(super) async fn connect_reader(
    url: &str,
    timeout: &StatementTimeout,
    statements: &Arc<AtomicU64>,
    purpose: Purpose,
) -> Result<DatabaseConnection> {
    let mut options = options(url, MAX_READERS, Access::Read);
    if is_postgres(url) {
        // Lazy, so that the first session starts after the timeout is set.
        options.connect_lazy(true).min_connections(0);
        postgres::configure(&mut options, Access::Read, Some(timeout.clone()), purpose);
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

/// A lazy connection to a replica that may be unreachable.
pub(super) async fn connect_monitor(url: &str) -> Result<DatabaseConnection> {
    let mut options = options(url, 1, Access::Read);
    options.connect_lazy(true).min_connections(0);
    postgres::configure(&mut options, Access::Read, None, Purpose::Command);
    Ok(sea_orm::Database::connect(options).await?)
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
