//! Periods of an initiative: every stance of every relationship, with the days for which and as of which it holds.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use entity::relationship::Model;

use super::moves::FollowedRelationships;
use super::steps::moment_beside;
use crate::error::Result;
use crate::graphql::inputs::moment::MomentInput;
use crate::graphql::inputs::scalars::Date;
use crate::graphql::loaders::loader_context;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::graphql::types::relationship::{Relationship, load_history};
use crate::graphql::types::stance::Stance;
use crate::model::moment::{Axis, Moment};
use crate::model::position::periods::{self, PeriodClocks};

/// The clocks of periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PeriodClock {
    /// The situation in the world, according to current knowledge.
    Valid,
    /// What was public.
    Published,
    /// Both: which situation in the world was known to the public when.
    Both,
}

pub struct PositionPeriod {
    row: Arc<Model>,
    period: periods::PositionPeriod,
}

/// Days for which, and as known to the public on which, a relationship has one stance and is disputed or not. Starts are
/// included and ends excluded; a clock that does not run is unlimited.
#[Object]
impl PositionPeriod {
    /// The relationship.
    async fn relationship(&self) -> DirectJson<Relationship> {
        DirectJson(Relationship(Arc::clone(&self.row)))
    }

    /// The stance; `UNKNOWN` if statements are valid, but none of a stance had certainly taken effect.
    async fn stance(&self) -> Stance {
        self.period.stance.into()
    }

    /// Whether the position is disputed.
    async fn disputed(&self) -> bool {
        self.period.disputed
    }

    /// First `validOn` to which it applies; null if it applies to every earlier day.
    async fn valid_from(&self) -> Option<Date> {
        self.period.valid.from.map(Into::into)
    }

    /// First `validOn` to which it no longer applies; null if there is none.
    async fn valid_to(&self) -> Option<Date> {
        self.period.valid.to.map(Into::into)
    }

    /// First `publishedBy` to which it applies; null if it applies to every earlier day.
    async fn published_from(&self) -> Option<Date> {
        self.period.published.from.map(Into::into)
    }

    /// First `publishedBy` to which it no longer applies; null if there is none.
    async fn published_to(&self) -> Option<Date> {
        self.period.published.to.map(Into::into)
    }
}

ready_fields!(PositionPeriod {
    "relationship" => relationship of DirectJson<Relationship>,
    "stance" => stance,
    "disputed" => disputed,
    "validFrom" => valid_from,
    "validTo" => valid_to,
    "publishedFrom" => published_from,
    "publishedTo" => published_to,
});

/// By requested state, then by `publishedFrom` and `validFrom`.
/// # Errors
/// `Error::BadUserInput` if `at` restricts a clock that runs, `Error::TooComplex` if it would take long.
pub async fn load_periods(
    ctx: &Context<'_>,
    initiative: i64,
    clock: PeriodClock,
    at: Option<&MomentInput>,
) -> Result<DirectJsonList<DirectJson<PositionPeriod>>> {
    let (clocks, moment) = clock.resolve(at)?;
    let relationships = FollowedRelationships::load(ctx, initiative).await?;
    let all = relationships.periods(ctx, clocks, moment).await?;
    let periods = relationships
        .rows
        .iter()
        .zip(all)
        .flat_map(|(row, periods)| {
            periods.into_iter().map(|period| {
                let row = Arc::clone(row);
                DirectJson(PositionPeriod { row, period })
            })
        });
    Ok(periods.collect())
}

/// The periods of one relationship, as [`load_periods`].
pub async fn load_periods_of(
    ctx: &Context<'_>,
    row: &Arc<Model>,
    clock: PeriodClock,
    at: Option<&MomentInput>,
) -> Result<DirectJsonList<DirectJson<PositionPeriod>>> {
    let (clocks, moment) = clock.resolve(at)?;
    let history = load_history(ctx, row.id).await?;
    let work = history.periods_work(clocks);
    loader_context(ctx).work().spend(work)?;
    let periods = history.periods(clocks, &moment).into_iter();
    let periods = periods.map(|period| {
        let row = Arc::clone(row);
        DirectJson(PositionPeriod { row, period })
    });
    Ok(periods.collect())
}

impl PeriodClock {
    /// # Errors
    /// `Error::BadUserInput` if `at` restricts a clock that runs.
    fn resolve(self, at: Option<&MomentInput>) -> Result<(PeriodClocks, Moment)> {
        let (clocks, axes) = match self {
            Self::Valid => (PeriodClocks::One(Axis::Valid), &[Axis::Valid][..]),
            Self::Published => (PeriodClocks::One(Axis::Published), &[Axis::Published][..]),
            Self::Both => (PeriodClocks::Both, &[Axis::Valid, Axis::Published][..]),
        };
        Ok((clocks, moment_beside(axes, at)?))
    }
}
