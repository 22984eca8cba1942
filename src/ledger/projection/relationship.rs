//! A relationship's position of now, and the stance change that is published when it moves.

use entity::{ledger_entry, relationship, stance_change};

use super::last_day;
use crate::error::{Result, stored};
use crate::ledger::batch::Batch;
use crate::model::moment::Moment;
use crate::model::position::{Position, position};
use crate::model::stance::{ChangeKind, Stance};

/// Folds the whole history anew after an entry; publishes a change if the stance is another than before.
pub(super) fn refresh(
    batch: &mut Batch,
    relationship: Option<i64>,
    entry: &ledger_entry::Model,
    kind: ChangeKind,
    statement: i64,
) -> Result<()> {
    let Some(id) = relationship else {
        return Ok(());
    };
    let known = batch.known.relationship(id)?;
    let now = position(&known.history, &Moment::default());
    let from: Stance = stored(&known.row.stance)?;
    let moved = from != now.stance;
    if moved {
        let moved = Move {
            from,
            now: &now,
            kind,
            statement,
        };
        let change = change(&known.row, entry, &moved);
        batch.new_rows().changes.push(change);
    }
    store(batch.change_relationship(id)?, entry, now, moved);
    Ok(())
}

struct Move<'p> {
    from: Stance,
    now: &'p Position,
    kind: ChangeKind,
    statement: i64,
}

fn change(
    row: &relationship::Model,
    entry: &ledger_entry::Model,
    moved: &Move<'_>,
) -> stance_change::Model {
    stance_change::Model {
        seq: entry.seq,
        relationship_id: row.id,
        initiative_id: row.initiative_id,
        requested_state: row.requested_state.clone(),
        from_stance: moved.from.as_ref().to_owned(),
        to_stance: moved.now.stance.as_ref().to_owned(),
        kind: moved.kind.as_ref().to_owned(),
        unusual: moved.kind == ChangeKind::Event && moved.from.is_unusual_move(moved.now.stance),
        disputed: moved.now.disputed,
        occurred_on: moved.now.since.clone(),
        recorded_at: entry.recorded_at,
        statement_id: moved.statement,
        hash: entry.hash.clone(),
    }
}

fn store(row: &mut relationship::Model, entry: &ledger_entry::Model, now: Position, moved: bool) {
    row.since_day = now
        .since
        .as_deref()
        .and_then(|since| last_day(since, entry.recorded_at))
        .unwrap_or_default();
    now.stance.as_ref().clone_into(&mut row.stance);
    row.stance_rank = now.stance.rank().into();
    row.since = now.since;
    row.certain = now.certain;
    row.disputed = now.disputed;
    row.basis = now.basis;
    if moved {
        row.changed_seq = entry.seq;
        row.changed_at = entry.recorded_at;
    }
}
