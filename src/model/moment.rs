//! Moments: a point in time along three axes: valid on, published by, recorded by.

use chrono::NaiveDate;

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

impl Moment {
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
