//! Starting and committing transactions, for both databases.

use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::postgres;
use crate::error::{Error, Result};

/// Starts a writing transaction. On SQLite it takes the write lock immediately: a transaction that reads first and writes
/// later can fail with `SQLITE_BUSY_SNAPSHOT`, regardless of the busy timeout. On PostgreSQL a writer locks the ledger's head
/// first (`ledger/head`).
pub async fn begin(writer: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    begin_with(writer, options).await
}

/// Starts a transaction that reads one snapshot of the database, regardless of concurrent writes.
pub async fn begin_snapshot(reader: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = match reader.get_database_backend() {
        DbBackend::Postgres => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        },
        // The first read of a deferred transaction fixes its snapshot.
        _ => TransactionOptions::default(),
    };
    begin_with(reader, options).await
}

/// Runs in a separate task: sqlx 0.9.0 leaves a connection inside a transaction if its start is cancelled half way.
async fn begin_with(
    db: &DatabaseConnection,
    options: TransactionOptions,
) -> Result<DatabaseTransaction> {
    let db = db.clone();
    let task = tokio::spawn(async move { db.begin_with_options(options).await });
    Ok(task.await.map_err(Error::internal)??)
}

/// Commits, and then notifies other processes. The notification comes after the commit because no process may see a change
/// that a crash can undo; if it is lost, the others find the entries by polling.
pub async fn commit(writer: &DatabaseConnection, txn: DatabaseTransaction) -> Result<()> {
    txn.commit().await?;
    if writer.get_database_backend() == DbBackend::Postgres {
        postgres::notify_commit(writer).await;
    }
    Ok(())
}
