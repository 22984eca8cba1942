//! A relationship's position of now, and the stance change that is published when it moves.

use entity::{ledger_entry, relationship, stance_change};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Set};

use super::super::history;
use super::last_day;
use crate::error::{Error, Result, stored};
use crate::model::moment::Moment;
use crate::model::position::{Position, position};
use crate::model::stance::{ChangeKind, Stance};

/// Folds the whole history anew after an entry; publishes a change if the stance is another than before.
pub(super) async fn refresh(
    txn: &impl ConnectionTrait,
    relationship: Option<i64>,
    entry: &ledger_entry::Model,
    kind: ChangeKind,
    statement: i64,
) -> Result<()> {
    let Some(id) = relationship else {
        return Ok(());
    };
    let row = relationship::Entity::find_by_id(id).one(txn).await?;
    let row = row.ok_or_else(|| Error::internal(format!("relationship {id} vanished")))?;
    let facts = history::load(txn, &[id])
        .await?
        .remove(&id)
        .unwrap_or_default();
    let now = position(&facts, &Moment::default());
    let before: Stance = stored(&row.stance)?;
    if before != now.stance {
        publish(
            txn,
            &row,
            entry,
            Move {
                from: before,
                now: &now,
                kind,
                statement,
            },
        )
        .await?;
    }
    let moved = before != now.stance;
    store(txn, row, entry, now, moved).await
}

struct Move<'p> {
    from: Stance,
    now: &'p Position,
    kind: ChangeKind,
    statement: i64,
}

async fn publish(
    txn: &impl ConnectionTrait,
    row: &relationship::Model,
    entry: &ledger_entry::Model,
    moved: Move<'_>,
) -> Result<()> {
    let change = stance_change::ActiveModel {
        seq: Set(entry.seq),
        relationship_id: Set(row.id),
        initiative_id: Set(row.initiative_id),
        requested_state: Set(row.requested_state.clone()),
        from_stance: Set(moved.from.as_ref().to_owned()),
        to_stance: Set(moved.now.stance.as_ref().to_owned()),
        kind: Set(moved.kind.as_ref().to_owned()),
        unusual: Set(
            moved.kind == ChangeKind::Event && moved.from.is_unusual_move(moved.now.stance)
        ),
        disputed: Set(moved.now.disputed),
        occurred_on: Set(moved.now.since.clone()),
        recorded_at: Set(entry.recorded_at),
        statement_id: Set(moved.statement),
        hash: Set(entry.hash.clone()),
    };
    stance_change::Entity::insert(change)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

async fn store(
    txn: &impl ConnectionTrait,
    row: relationship::Model,
    entry: &ledger_entry::Model,
    now: Position,
    moved: bool,
) -> Result<()> {
    let mut row = row.into_active_model();
    row.since_day = Set(now
        .since
        .as_deref()
        .and_then(|since| last_day(since, entry.recorded_at))
        .unwrap_or_default());
    row.stance = Set(now.stance.as_ref().to_owned());
    row.stance_rank = Set(now.stance.rank().into());
    row.since = Set(now.since);
    row.certain = Set(now.certain);
    row.disputed = Set(now.disputed);
    row.basis = Set(now.basis);
    if moved {
        row.changed_seq = Set(entry.seq);
        row.changed_at = Set(entry.recorded_at);
    }
    row.update(txn).await?;
    Ok(())
}
