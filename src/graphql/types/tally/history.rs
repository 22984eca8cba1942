//! Tallies over time, for charts: one point per day, week or month.

use async_graphql::{Enum, SimpleObject};
use chrono::{Days, Months, NaiveDate, NaiveTime};

use super::{Histories, Tally, run_blocking, tally_at};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::Date;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::{moment::Moment, time::Timestamp};

/// The count on one day.
#[derive(SimpleObject)]
pub struct TallyPoint {
    /// The day, on the time axis given by `clock`.
    on: Date,
    /// The count at the end of that day.
    tally: DirectJson<Tally>,
}

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

    pub async fn count_positions(
        self,
        histories: Histories,
        clock: Clock,
    ) -> Result<DirectJsonList<DirectJson<TallyPoint>>> {
        let points = move || {
            let point = |day: NaiveDate| {
                DirectJson(TallyPoint {
                    on: day.into(),
                    tally: DirectJson(Tally(tally_at(&histories, &clock.end_of(day)))),
                })
            };
            self.0.into_iter().map(point).collect()
        };
        run_blocking(points).await
    }
}

impl Clock {
    fn end_of(self, day: NaiveDate) -> Moment {
        let mut moment = Moment::default();
        match self {
            Self::Valid => moment.valid_on = Some(day),
            Self::Published => moment.published_by = Some(day),
            Self::Recorded => {
                let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
                let midnight = next.and_time(NaiveTime::MIN).and_utc().timestamp_micros();
                moment.recorded_by = Some(Timestamp(midnight - 1));
            }
        }
        moment
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

    #[test]
    fn a_day_of_recording_ends_before_midnight() {
        let moment = Clock::Recorded.end_of(parse_day("2025-01-01").unwrap());
        let end = moment.recorded_by.unwrap().to_string();
        assert_eq!(end, "2025-01-01T23:59:59.999999Z");
    }
}
