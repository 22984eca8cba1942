//! How transactions begin and end.

use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::postgres;
use crate::error::{Error, Result};

/// A transaction that writes. On SQLite it holds the write lock from its first moment: one that reads first and then
/// writes would fail at once with `SQLITE_BUSY_SNAPSHOT`, however long it is told to wait. On PostgreSQL whoever adds to
/// the ledger locks its head first (`ledger/head`).
pub async fn begin(writer: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    begin_with(writer, options).await
}

/// A transaction that sees one moment of the database, however long it reads and whoever writes meanwhile.
pub async fn begin_snapshot(reader: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = match reader.get_database_backend() {
        DbBackend::Postgres => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        },
        // What a deferred transaction sees is fixed by its first read.
        _ => TransactionOptions::default(),
    };
    begin_with(reader, options).await
}

/// In a task of its own: sqlx 0.9.0 leaves a connection inside a transaction when its beginning is given up half way.
async fn begin_with(
    db: &DatabaseConnection,
    options: TransactionOptions,
) -> Result<DatabaseTransaction> {
    let db = db.clone();
    let begun = tokio::spawn(async move { db.begin_with_options(options).await });
    Ok(begun.await.map_err(Error::internal)??)
}

/// Commits, and tells other processes that there is something to read. Nobody may hear of a change that a crash can
/// undo, so that comes after; if it is lost, they find out by themselves a little later.
pub async fn commit(writer: &DatabaseConnection, txn: DatabaseTransaction) -> Result<()> {
    txn.commit().await?;
    if writer.get_database_backend() == DbBackend::Postgres {
        postgres::ring(writer).await;
    }
    Ok(())
}
