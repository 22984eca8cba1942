//! How far the ledger has come.

use entity::ledger_head;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, NotSet,
    QueryFilter, QuerySelect, Set,
};

use super::hash;
use crate::error::{Error, Result};

/// The one row that every writer locks.
pub async fn load(db: &impl ConnectionTrait) -> Result<ledger_head::Model> {
    let row = ledger_head::Entity::find_by_id(1).one(db).await?;
    row.ok_or_else(absent)
}

fn absent() -> Error {
    Error::internal("the ledger has no head: the database was not opened by this program")
}

/// The same, and until the transaction ends nobody else writes. On SQLite it holds the lock of all writers already.
pub(super) async fn lock(txn: &impl ConnectionTrait) -> Result<ledger_head::Model> {
    let row = ledger_head::Entity::find_by_id(1).lock_exclusive();
    row.one(txn).await?.ok_or_else(absent)
}

/// Begins a ledger where there is none. `origin` is 32 hexadecimal digits drawn by the caller.
pub async fn ensure(writer: &DatabaseConnection, origin: &str) -> Result<()> {
    if ledger_head::Entity::find_by_id(1)
        .one(writer)
        .await?
        .is_none()
    {
        let first = ledger_head::Entity::insert(begin(origin));
        // Whoever starts at the same time begins the same ledger.
        let once = OnConflict::column(ledger_head::Column::Id)
            .do_nothing()
            .to_owned();
        first
            .on_conflict(once)
            .exec_without_returning(writer)
            .await?;
    }
    Ok(())
}

/// Takes on another ledger's origin; only for a ledger without entries. The generation stays: whoever read there before
/// this copy was made may have seen more than it holds.
pub(super) async fn adopt(txn: &impl ConnectionTrait, origin: &str) -> Result<()> {
    let adopted = ledger_head::ActiveModel {
        generation: NotSet,
        ..begin(origin)
    };
    adopted.update(txn).await?;
    Ok(())
}

/// Gives the ledger another generation, so that cursors from before are refused, and tells where it stands.
pub async fn renew(db: &impl ConnectionTrait, generation: &str) -> Result<ledger_head::Model> {
    let column = ledger_head::Column::Generation;
    ledger_head::Entity::update_many()
        .col_expr(column, generation.into())
        .filter(ledger_head::Column::Id.eq(1))
        .exec(db)
        .await?;
    load(db).await
}

fn begin(origin: &str) -> ledger_head::ActiveModel {
    ledger_head::ActiveModel {
        id: Set(1),
        generation: Set(origin.to_owned()),
        seq: Set(0),
        hash: Set(hash::genesis(origin)),
        recorded_at: Set(None),
        origin: Set(origin.to_owned()),
    }
}

/// Moves the head to where a batch ends.
pub(super) async fn store(txn: &impl ConnectionTrait, head: &ledger_head::Model) -> Result<()> {
    let moved = ledger_head::ActiveModel {
        id: Set(head.id),
        generation: NotSet,
        seq: Set(head.seq),
        hash: Set(head.hash.clone()),
        recorded_at: Set(head.recorded_at),
        origin: NotSet,
    };
    ledger_head::Entity::update_many()
        .set(moved)
        .filter(ledger_head::Column::Id.eq(head.id))
        .exec(txn)
        .await?;
    Ok(())
}
