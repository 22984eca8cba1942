//! A moment as facts are compared with it.

use chrono::{Datelike, NaiveDate};

use crate::model::moment::Moment;

/// A moment in the units of packed facts: an absent axis is the largest value.
#[derive(Clone, Copy, Debug)]
pub struct Cutoff {
    pub(super) valid_on: i32,
    pub(super) published_by: i32,
    pub(super) recorded_by: i64,
}

const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;
/// 1970-01-01.
const EPOCH_DAY: i64 = 719_163;

impl From<&Moment> for Cutoff {
    fn from(moment: &Moment) -> Self {
        let day = |day: Option<NaiveDate>| day.map_or(i32::MAX, |day| day.num_days_from_ce());
        Self {
            valid_on: day(moment.valid_on),
            published_by: day(moment.published_by),
            recorded_by: moment.recorded_by.map_or(i64::MAX, |at| at.0),
        }
    }
}

/// The UTC day that contains an instant.
pub(super) fn day_of(microseconds: i64) -> i32 {
    let day = EPOCH_DAY + microseconds.div_euclid(MICROSECONDS_PER_DAY);
    i32::try_from(day).unwrap_or(i32::MAX)
}
