//! Relationships of an initiative whose positions are followed over time, and their tallies on each day.

use std::sync::Arc;

use async_graphql::Context;
use chrono::NaiveDate;
use entity::relationship::Model;

use super::run_blocking;
use crate::error::Result;
use crate::graphql::loaders::loader_context;
use crate::graphql::loaders::relationship::{RelationshipList, RelationshipParent};
use crate::graphql::loaders::work_budget::LOOKUP;
use crate::model::country::{RegionNumber, region_number};
use crate::model::moment::{Axis, Moment};
use crate::model::position::Position;
use crate::model::position::history::History;
use crate::model::position::moves::{Move, Moves, work};
use crate::model::position::periods::{PeriodClocks, PositionPeriod};
use crate::model::tally::Tally;

/// Work that does not need a thread of its own: about a millisecond.
const SMALL_WORK: u64 = 100_000;

/// The relationships of an initiative by requested state, with their histories.
pub struct FollowedRelationships {
    pub rows: Vec<Arc<Model>>,
    histories: Arc<[Arc<History>]>,
}

impl FollowedRelationships {
    pub async fn load(ctx: &Context<'_>, initiative: i64) -> Result<Self> {
        let context = loader_context(ctx);
        let list = RelationshipList::all(RelationshipParent::Initiative(initiative));
        let rows = list.load_rows(context).await?;
        context.load_relationship_histories(&rows).await?;
        let histories = context.relationship_histories(&rows);
        Ok(Self { rows, histories })
    }

    /// The histories, each to be folded `times` times.
    /// # Errors
    /// `Error::TooComplex` if that is more than the operation may cost.
    pub fn histories(&self, ctx: &Context<'_>, times: u64) -> Result<&[Arc<History>]> {
        let facts = self
            .histories
            .iter()
            .map(|history| history.len() as u64 + LOOKUP);
        loader_context(ctx)
            .work()
            .spend(times * facts.sum::<u64>())?;
        Ok(&self.histories)
    }

    /// # Errors
    /// `Error::TooComplex` if it would take long.
    pub async fn moves(&self, ctx: &Context<'_>, axis: Axis, moment: Moment) -> Result<Moves> {
        let work = work(&self.histories, axis);
        loader_context(ctx).work().spend(work)?;
        if work <= SMALL_WORK {
            return Ok(Moves::new(&self.histories, axis, &moment));
        }
        let histories = Arc::clone(&self.histories);
        run_blocking(move || Moves::new(&histories, axis, &moment)).await
    }

    /// The periods of each relationship.
    /// # Errors
    /// `Error::TooComplex` if it would take long.
    pub async fn periods(
        &self,
        ctx: &Context<'_>,
        clocks: PeriodClocks,
        moment: Moment,
    ) -> Result<Vec<Vec<PositionPeriod>>> {
        let work = self
            .histories
            .iter()
            .map(|history| history.periods_work(clocks));
        let work = work.fold(0, u64::saturating_add);
        loader_context(ctx).work().spend(work)?;
        let histories = Arc::clone(&self.histories);
        let fold = move || {
            let histories = histories.iter();
            histories
                .map(|history| history.periods(clocks, &moment))
                .collect()
        };
        if work <= SMALL_WORK {
            return Ok(fold());
        }
        run_blocking(fold).await
    }

    /// A tally that follows moves.
    pub fn tally(&self, before: &[Option<Position>]) -> FollowingTally {
        let regions = self.rows.iter();
        let regions = regions.map(|row| region_number(&row.requested_state));
        let mut tally = FollowingTally {
            regions: regions.collect(),
            tally: Tally::default(),
        };
        for (relationship, position) in before.iter().enumerate() {
            tally.change(relationship, None, position.as_ref());
        }
        tally
    }
}

/// A tally that is updated move by move.
pub struct FollowingTally {
    regions: Vec<RegionNumber>,
    pub tally: Tally,
}

impl FollowingTally {
    pub fn apply(&mut self, movement: &Move) {
        let (from, to) = (movement.from.as_ref(), movement.to.as_ref());
        self.change(movement.relationship, from, to);
    }

    fn change(&mut self, relationship: usize, from: Option<&Position>, to: Option<&Position>) {
        let region = self.regions[relationship];
        if let Some(from) = from {
            self.tally.remove(region, from.stance, from.disputed);
        }
        if let Some(to) = to {
            self.tally.add(region, to.stance, to.disputed);
        }
    }
}

/// The moves of each day, by relationship.
pub fn by_day(moves: &[Move]) -> impl Iterator<Item = (NaiveDate, &[Move])> {
    let days = moves.chunk_by(|one, next| one.on == next.on);
    days.map(|of_day| (of_day[0].on, of_day))
}
