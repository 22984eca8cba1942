//! The three clocks of a question: true by then, public by then, recorded by then.

use chrono::NaiveDate;

use super::time::Instant;

/// A point on three clocks; an absent clock does not limit. The default is now, with all we know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The day in the world that is asked about.
    pub valid_on: Option<NaiveDate>,
    /// Only what had been published by the end of this day.
    pub published_by: Option<NaiveDate>,
    /// Only what our ledger held at this instant.
    pub recorded_by: Option<Instant>,
}

impl Moment {
    pub fn has_recorded(&self, at: Instant) -> bool {
        self.recorded_by.is_none_or(|limit| at <= limit)
    }

    pub fn has_published(&self, on: NaiveDate) -> bool {
        self.published_by.is_none_or(|limit| on <= limit)
    }

    /// Whether something that began on `day` at the latest (or, for `None`, at any time before) has begun.
    pub fn has_begun(&self, day: Option<NaiveDate>) -> bool {
        match (day, self.valid_on) {
            (Some(day), Some(limit)) => day <= limit,
            (None, _) | (_, None) => true,
        }
    }
}
