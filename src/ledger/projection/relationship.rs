//! Projection of a relationship's current position, and of the stance change that is published when its stance moves.

use entity::{ledger_entry, relationship, stance_change};

use super::last_day;
use crate::error::{Result, parse_stored};
use crate::ledger::batch::Batch;
use crate::model::moment::Moment;
use crate::model::position::Position;
use crate::model::stance::{ChangeKind, Stance};
use crate::model::time::Timestamp;

/// Folds the whole history again after an entry, and adds a stance change if the stance differs from before.
pub(super) fn update_position(
    batch: &mut Batch,
    relationship: Option<i64>,
    entry: &ledger_entry::Model,
    kind: ChangeKind,
    statement: i64,
) -> Result<()> {
    let Some(id) = relationship else {
        return Ok(());
    };
    let relationship = batch.cache.relationship(id)?;
    let now = relationship.history.position(&Moment::default());
    let from: Stance = parse_stored(&relationship.row.stance)?;
    let has_moved = from != now.stance;
    if has_moved {
        let stance_move = StanceMove {
            from,
            now: &now,
            kind,
            statement,
        };
        let change = stance_change(&relationship.row, entry, &stance_move);
        batch.new_rows().changes.push(change);
    }
    let row = batch.change_relationship(id)?;
    store_position(row, &now, Timestamp(entry.recorded_at));
    if has_moved {
        row.changed_seq = entry.seq;
        row.changed_at = entry.recorded_at;
    }
    Ok(())
}

struct StanceMove<'p> {
    from: Stance,
    now: &'p Position,
    kind: ChangeKind,
    statement: i64,
}

fn stance_change(
    row: &relationship::Model,
    entry: &ledger_entry::Model,
    stance_move: &StanceMove<'_>,
) -> stance_change::Model {
    stance_change::Model {
        seq: entry.seq,
        relationship_id: row.id,
        initiative_id: row.initiative_id,
        requested_state: row.requested_state.clone(),
        from_stance: stance_move.from.as_ref().to_owned(),
        to_stance: stance_move.now.stance.as_ref().to_owned(),
        kind: stance_move.kind.as_ref().to_owned(),
        unusual: stance_move.kind == ChangeKind::Event
            && stance_move.from.is_unusual_move(stance_move.now.stance),
        disputed: stance_move.now.disputed,
        occurred_on: stance_move.now.since.map(|since| since.to_string()),
        recorded_at: entry.recorded_at,
        statement_id: stance_move.statement,
        hash: entry.hash.clone(),
    }
}

/// Sets the columns of a position that was determined after an entry of that time.
pub fn store_position(row: &mut relationship::Model, now: &Position, recorded_at: Timestamp) {
    row.since = now.since.map(|since| since.to_string());
    let since = row.since.as_deref();
    let since_day = since.and_then(|since| last_day(since, recorded_at.0));
    row.since_day = since_day.unwrap_or_default();
    now.stance.as_ref().clone_into(&mut row.stance);
    row.stance_rank = now.stance.rank().into();
    row.certain = now.certain;
    row.disputed = now.disputed;
    row.basis = now.basis;
}
