//! The ledger head: seq and hash of the newest entry, the generation and the origin, in one row.

use entity::ledger_head;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait,
    FromQueryResult, NotSet, QueryFilter, QuerySelect, Set, Statement,
};
use strum::{AsRefStr, EnumString};

use super::hash;
use super::row_writes::RowWrites;
use crate::database;
use crate::error::{Error, Result};

/// Whether the bundled data set is imported, as the head stores it (see [`super::seed`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Seed {
    /// A server imports the bundled data set.
    Bundled,
    /// The ledger starts empty.
    None,
}

/// Loads the head, the row that every writer locks.
pub async fn load_head(db: &impl ConnectionTrait) -> Result<ledger_head::Model> {
    let row = ledger_head::Entity::find_by_id(1).one(db).await?;
    row.ok_or_else(missing_head_error)
}

/// The head row and the newest entry, in one statement, so that they are of one snapshot.
#[derive(FromQueryResult)]
struct Ends {
    head: Option<i64>,
    hash: Option<String>,
    newest: Option<i64>,
    newest_hash: Option<String>,
}

/// Checks that the head is that of the newest entry. A new database has neither.
/// # Errors
/// `Error::BadUserInput` if they differ: writes would fail, and readers would not see every entry.
pub async fn check_end(db: &impl ConnectionTrait) -> Result<()> {
    let sql = "SELECT h.seq AS head, h.hash AS hash, e.seq AS newest, e.hash AS newest_hash
        FROM (SELECT max(seq) AS seq FROM ledger_entry) last
        LEFT JOIN ledger_head h ON h.id = 1 LEFT JOIN ledger_entry e ON e.seq = last.seq";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let Some(ends) = Ends::find_by_statement(query).one(db).await? else {
        return Ok(());
    };
    let (head, newest) = (ends.head.unwrap_or(0), ends.newest.unwrap_or(0));
    let difference = if head < newest {
        format!("ledger_head is at {head}, entries reach {newest}: a restore that did not finish")
    } else if head > newest {
        format!("ledger_head is at {head}, entries reach {newest} only: entries are missing")
    } else if newest > 0 && ends.hash != ends.newest_hash {
        format!("the hash in ledger_head is not that of entry {newest}")
    } else {
        return Ok(());
    };
    Err(Error::bad_input(
        "database-url",
        format!("{difference}; restore a backup, and check it with `demarche verify`"),
    ))
}

fn missing_head_error() -> Error {
    Error::internal("the ledger has no head row: a server must open the database first")
}

/// Loads the head and locks it until the transaction ends, so that no other process writes. On SQLite the transaction holds the
/// write lock already.
pub(super) async fn lock(txn: &impl ConnectionTrait) -> Result<ledger_head::Model> {
    let row = ledger_head::Entity::find_by_id(1).lock_exclusive();
    row.one(txn).await?.ok_or_else(missing_head_error)
}

/// Creates the head of a new ledger; does nothing if there is one. `origin` is 32 random hexadecimal digits.
pub async fn initialise(writer: &DatabaseConnection, origin: &str, seed: Seed) -> Result<()> {
    if ledger_head::Entity::find_by_id(1)
        .one(writer)
        .await?
        .is_none()
    {
        let insert = ledger_head::Entity::insert(genesis_head(origin, seed));
        // Of several servers that start at the same time, the first creates it.
        let once = OnConflict::column(ledger_head::Column::Id)
            .do_nothing()
            .to_owned();
        insert
            .on_conflict(once)
            .exec_without_returning(writer)
            .await?;
    }
    Ok(())
}

/// Sets the origin of another ledger; only for a ledger without entries. The generation stays: a client of the other ledger
/// may have seen more entries than this copy has.
pub(super) async fn adopt_origin(txn: &impl ConnectionTrait, origin: &str) -> Result<()> {
    let new_head = ledger_head::ActiveModel {
        generation: NotSet,
        seed: NotSet,
        ..genesis_head(origin, Seed::None)
    };
    new_head.update(txn).await?;
    Ok(())
}

/// Writes the head unchanged, to check whether the database can be written.
pub(super) async fn touch(writer: &DatabaseConnection) -> Result<()> {
    let seq = ledger_head::Column::Seq;
    ledger_head::Entity::update_many()
        .col_expr(seq, Expr::col(seq))
        .filter(ledger_head::Column::Id.eq(1))
        .exec(writer)
        .await?;
    Ok(())
}

/// Sets another generation if no server uses the database: a running one would continue to accept earlier cursors.
/// # Errors
/// `Error::Conflict` while a server, or on SQLite any other process, has the database open.
pub async fn rotate_unused_generation(url: &str, generation: &str) -> Result<ledger_head::Model> {
    let (connection, txn) = database::begin_unused(url).await?;
    let head = rotate_generation(&txn, generation).await?;
    txn.commit().await?;
    connection.close().await?;
    Ok(head)
}

/// Sets another generation, so that cursors issued before are rejected, and returns the head.
pub async fn rotate_generation(
    db: &impl ConnectionTrait,
    generation: &str,
) -> Result<ledger_head::Model> {
    let column = ledger_head::Column::Generation;
    ledger_head::Entity::update_many()
        .col_expr(column, generation.into())
        .filter(ledger_head::Column::Id.eq(1))
        .exec(db)
        .await?;
    load_head(db).await
}

fn genesis_head(origin: &str, seed: Seed) -> ledger_head::ActiveModel {
    ledger_head::ActiveModel {
        id: Set(1),
        generation: Set(origin.to_owned()),
        seq: Set(0),
        hash: Set(hash::genesis(origin)),
        recorded_at: Set(None),
        origin: Set(origin.to_owned()),
        seed: Set(Some(seed.as_ref().to_owned())),
    }
}

/// Stores the head after a batch.
pub(super) async fn store<C: ConnectionTrait>(
    writes: &mut RowWrites<'_, C>,
    head: &ledger_head::Model,
) -> Result<()> {
    let columns = [
        ("seq", head.seq.into()),
        ("hash", head.hash.as_str().into()),
        ("recorded_at", head.recorded_at.into()),
    ];
    writes.update("ledger_head", head.id, columns).await
}
