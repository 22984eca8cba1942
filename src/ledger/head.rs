//! How far the ledger has come.

use entity::ledger_head;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, Set,
};

use super::hash;
use crate::error::{Error, Result};

/// The one row that every writer locks.
pub async fn load(db: &impl ConnectionTrait) -> Result<ledger_head::Model> {
    let row = ledger_head::Entity::find_by_id(1).one(db).await?;
    row.ok_or_else(|| {
        Error::internal("the ledger has no head: the database was not opened by this program")
    })
}

/// Begins a ledger where there is none. `generation` is 32 hexadecimal digits drawn by the caller.
pub async fn ensure(txn: &impl ConnectionTrait, generation: &str) -> Result<()> {
    if ledger_head::Entity::find_by_id(1).one(txn).await?.is_none() {
        begin(generation).insert(txn).await?;
    }
    Ok(())
}

/// Takes on another ledger's generation; only for a ledger without entries.
pub async fn adopt(txn: &impl ConnectionTrait, generation: &str) -> Result<()> {
    begin(generation).update(txn).await?;
    Ok(())
}

fn begin(generation: &str) -> ledger_head::ActiveModel {
    ledger_head::ActiveModel {
        id: Set(1),
        generation: Set(generation.to_owned()),
        seq: Set(0),
        hash: Set(hash::genesis(generation)),
        recorded_at: Set(None),
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
    };
    ledger_head::Entity::update_many()
        .set(moved)
        .filter(ledger_head::Column::Id.eq(head.id))
        .exec(txn)
        .await?;
    Ok(())
}
