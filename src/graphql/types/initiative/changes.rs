//! Changes of an initiative between two moments: which positions differ, and why.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object};
use entity::relationship::Model;

use crate::error::{Error, Result};
use crate::graphql::inputs::moment::MomentInput;
use crate::graphql::loaders::loaders;
use crate::graphql::loaders::row::{EntryAt, EntrySeq};
use crate::graphql::output::direct_json::ready::ready_enum;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::graphql::types::ledger::LedgerEntry;
use crate::graphql::types::position::Position;
use crate::graphql::types::relationship::Relationship;
use crate::graphql::types::tally::moves::FollowedRelationships;
use crate::model::moment::{Axis, Moment};
use crate::model::position::difference::{self, Difference};
use crate::model::position::{self as fold};

/// Two moments; the second is not earlier than the first on any axis.
#[derive(Clone, Debug, InputObject)]
pub struct MomentRange {
    /// The first moment.
    from: MomentInput,
    /// The second moment.
    to: MomentInput,
}

/// Why a position differs from the one at an earlier moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "difference::Cause")]
pub enum PositionChangeCause {
    /// A statement became known: it was recorded or published in between.
    Event,
    /// A correction of a statement became known, or one of a source by which a statement was not public yet.
    Correction,
    /// A retraction became known.
    Retraction,
    /// Nothing that matters became known; only `validOn` moved.
    Clock,
}

ready_enum!(PositionChangeCause);

pub struct PositionChange {
    row: Arc<Model>,
    difference: Difference,
}

/// A relationship whose position differs between two moments.
#[Object]
impl PositionChange {
    /// The relationship.
    async fn relationship(&self) -> DirectJson<Relationship> {
        DirectJson(Relationship(Arc::clone(&self.row)))
    }

    /// The position at the first moment.
    async fn from(&self) -> DirectJson<Position> {
        position_or_unknown(self.difference.from.as_ref(), &self.row)
    }

    /// The position at the second moment.
    async fn to(&self) -> DirectJson<Position> {
        position_or_unknown(self.difference.to.as_ref(), &self.row)
    }

    /// Why they differ. If both a correction and new statements did it, it is `CORRECTION`.
    async fn cause(&self) -> PositionChangeCause {
        self.difference.cause.into()
    }

    /// The ledger entries that became known in between and decide the second position, in ledger order: statements, corrections,
    /// retractions, and evidence and corrections of sources that made a statement public on another day. Empty for `CLOCK`.
    async fn entries(&self, ctx: &Context<'_>) -> Result<DirectJsonList<DirectJson<LedgerEntry>>> {
        let recorded = self.difference.recorded.iter().copied().map(EntrySeq);
        let instants = self.difference.retracted.iter();
        let instants = instants.chain(&self.difference.moved);
        let retracted = instants.map(|at| EntryAt(at.0));
        let (recorded, retracted) = futures_util::try_join!(
            loaders(ctx).load_many(recorded),
            loaders(ctx).load_many(retracted)
        )?;
        let mut rows: Vec<_> = recorded
            .into_values()
            .chain(retracted.into_values())
            .collect();
        rows.sort_unstable_by_key(|row| row.seq);
        Ok(rows.into_iter().map(LedgerEntry).map(DirectJson).collect())
    }
}

ready_fields!(PositionChange {
    "relationship" => relationship of DirectJson<Relationship>,
    "from" => from of DirectJson<Position>,
    "to" => to of DirectJson<Position>,
    "cause" => cause,
});

fn position_or_unknown(
    position: Option<&fold::Position>,
    relationship: &Arc<Model>,
) -> DirectJson<Position> {
    let position = position.cloned().unwrap_or(fold::Position::UNKNOWN);
    DirectJson(Position(position, Arc::clone(relationship)))
}

impl MomentRange {
    fn moments(&self) -> Result<(Moment, Moment)> {
        let from = self.from.moment_of("between.from")?;
        let to = self.to.moment_of("between.to")?;
        match from.later_axis(&to) {
            None => Ok((from, to)),
            Some(axis) => Err(Error::bad_input(
                format!("between.to.{}", axis_name(axis)),
                "is earlier than in `from`; an axis that is left out is now",
            )),
        }
    }
}

fn axis_name(axis: Axis) -> &'static str {
    match axis {
        Axis::Valid => "validOn",
        Axis::Published => "publishedBy",
        Axis::Recorded => "recordedBy",
    }
}

/// By requested state.
pub async fn load_changes(
    ctx: &Context<'_>,
    initiative: i64,
    between: &MomentRange,
) -> Result<DirectJsonList<DirectJson<PositionChange>>> {
    let (from, to) = between.moments()?;
    let relationships = FollowedRelationships::load(ctx, initiative).await?;
    let histories = relationships.histories(ctx, 4)?;
    let pairs = relationships.rows.iter().zip(histories);
    let changes = pairs.filter_map(|(row, history)| {
        let difference = history.difference(&from, &to)?;
        let row = Arc::clone(row);
        Some(DirectJson(PositionChange { row, difference }))
    });
    Ok(changes.collect())
}
