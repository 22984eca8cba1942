//! Tallies over time, for charts: one point per day, week or month.

use async_graphql::{Context, Enum, SimpleObject};
use chrono::{Days, Months, NaiveDate};

use super::Tally;
use super::moves::FollowedRelationships;
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::Date;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::moment::{Axis, Moment};

/// The count on one day.
#[derive(SimpleObject)]
pub struct TallyPoint {
    /// The day, on the time axis given by `clock`.
    on: Date,
    /// The count at the end of that day.
    tally: DirectJson<Tally>,
}

ready_fields!(TallyPoint {
    "on" => on,
    "tally" => tally of DirectJson<Tally>,
});

/// Interval between two points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Interval {
    /// One day.
    Day,
    /// Seven days.
    Week,
    /// One month: the same day of each month, or the last day of a shorter month.
    Month,
}

/// Time axis of a history; the other two axes stay unrestricted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Clock {
    /// The situation in the world on the day, according to current knowledge.
    Valid,
    /// What was public at the end of the day.
    Published,
    /// What this ledger contained at the end of the day (UTC).
    Recorded,
}

/// Maximum number of points in one history.
const MAX_POINTS: usize = 400;

/// The days for which a history has a point; at most [`MAX_POINTS`].
pub struct TallySeries(Vec<NaiveDate>);

impl TallySeries {
    pub fn new(from: NaiveDate, to: NaiveDate, every: Interval) -> Result<Self> {
        if to < from {
            return Err(Error::bad_input(
                "to",
                format!("{to} is before `from` ({from})"),
            ));
        }
        let day = |step: u32| match every {
            Interval::Day => from.checked_add_days(Days::new(step.into())),
            Interval::Week => from.checked_add_days(Days::new(u64::from(step) * 7)),
            Interval::Month => from.checked_add_months(Months::new(step)),
        };
        let days: Vec<NaiveDate> = (0..)
            .map_while(day)
            .take_while(|day| *day <= to)
            .take(MAX_POINTS + 1)
            .collect();
        if days.len() > MAX_POINTS {
            let message = format!(
                "{to} is more than {MAX_POINTS} steps after `from` ({from}); use a longer `every` or a shorter range"
            );
            return Err(Error::bad_input("to", message));
        }
        Ok(Self(days))
    }

    /// # Errors
    /// `Error::TooComplex` if it would take long.
    pub async fn count_positions(
        self,
        ctx: &Context<'_>,
        relationships: &FollowedRelationships,
        clock: Clock,
    ) -> Result<DirectJsonList<DirectJson<TallyPoint>>> {
        let moves = relationships
            .moves(ctx, clock.into(), Moment::default())
            .await?;
        let mut tally = relationships.tally(&moves.before);
        let mut moves = moves.moves.iter().peekable();
        let points = self.0.into_iter().map(|day| {
            while let Some(movement) = moves.next_if(|movement| movement.on <= day) {
                tally.apply(movement);
            }
            DirectJson(TallyPoint {
                on: day.into(),
                tally: DirectJson(Tally(tally.tally.clone())),
            })
        });
        Ok(points.collect())
    }
}

impl From<Clock> for Axis {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Valid => Self::Valid,
            Clock::Published => Self::Published,
            Clock::Recorded => Self::Recorded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::parse_day;

    fn steps(from: &str, to: &str, every: Interval) -> Result<Vec<String>> {
        let day = |text| parse_day(text).unwrap();
        let steps = TallySeries::new(day(from), day(to), every)?;
        Ok(steps.0.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn months_use_the_same_day_or_their_last() {
        let days = steps("2025-01-31", "2025-04-29", Interval::Month).unwrap();
        assert_eq!(days, ["2025-01-31", "2025-02-28", "2025-03-31"]);
    }

    #[test]
    fn a_history_has_at_most_400_points() {
        assert_eq!(
            steps("2025-01-01", "2026-02-04", Interval::Day)
                .unwrap()
                .len(),
            400
        );
        let error = steps("2025-01-01", "2026-02-05", Interval::Day).unwrap_err();
        assert_eq!(error.field(), Some("to"));
        assert!(steps("2025-01-02", "2025-01-01", Interval::Week).is_err());
    }
}
