//! Moments: a point in time along three axes: valid on, published by, recorded by.

use chrono::{Days, NaiveDate, NaiveTime};

use super::time::Timestamp;

/// A point on three time axes; an absent axis does not restrict. The default is now, with everything that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The day for which the position is requested.
    pub valid_on: Option<NaiveDate>,
    /// Only statements that were public by the end of this day.
    pub published_by: Option<NaiveDate>,
    /// Only statements that were in the ledger at this instant.
    pub recorded_by: Option<Timestamp>,
}

/// One of the three axes of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
    Valid,
    Published,
    /// By days in UTC.
    Recorded,
}

impl Moment {
    /// The first axis on which this moment is later than another one.
    pub fn later_axis(&self, other: &Self) -> Option<Axis> {
        fn is_later<T: Ord>(one: Option<T>, other: Option<T>) -> bool {
            // An absent axis does not restrict, so it is the latest.
            other.is_some_and(|other| one.is_none_or(|one| one > other))
        }
        if is_later(self.valid_on, other.valid_on) {
            Some(Axis::Valid)
        } else if is_later(self.published_by, other.published_by) {
            Some(Axis::Published)
        } else {
            is_later(self.recorded_by, other.recorded_by).then_some(Axis::Recorded)
        }
    }

    pub fn has_recorded(&self, at: Timestamp) -> bool {
        self.recorded_by.is_none_or(|limit| at <= limit)
    }

    pub fn has_published(&self, on: NaiveDate) -> bool {
        self.published_by.is_none_or(|limit| on <= limit)
    }

    /// Whether a claim that started on `day` at the latest (or, for `None`, at any time before) has started.
    pub fn has_started(&self, day: Option<NaiveDate>) -> bool {
        match (day, self.valid_on) {
            (Some(day), Some(limit)) => day <= limit,
            (None, _) | (_, None) => true,
        }
    }
}

impl Axis {
    /// The moment with this axis at the end of a day.
    pub fn end_of(self, day: NaiveDate, moment: &Moment) -> Moment {
        let mut moment = *moment;
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

    /// Whether a moment restricts the axis.
    pub fn is_set_in(self, moment: &Moment) -> bool {
        match self {
            Self::Valid => moment.valid_on.is_some(),
            Self::Published => moment.published_by.is_some(),
            Self::Recorded => moment.recorded_by.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::parse_day;

    #[test]
    fn a_day_of_recording_ends_before_midnight() {
        let day = parse_day("2025-01-01").unwrap();
        let moment = Axis::Recorded.end_of(day, &Moment::default());
        let end = moment.recorded_by.unwrap().to_string();
        assert_eq!(end, "2025-01-01T23:59:59.999999Z");
    }
}
