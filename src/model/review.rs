//! Reviews: days on which an editor checked a subject and found nothing new. A statement that is recorded is no review: it says
//! that something was entered, not that nothing else is missing.

use chrono::NaiveDate;

use super::moment::Moment;
use super::time::Timestamp;

/// A review without its note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    pub seq: i64,
    pub recorded_at: Timestamp,
    pub reviewed_on: NaiveDate,
}

impl Review {
    /// Whether it counts at a moment: recorded by then, which is also when it became public, and not of a later day than
    /// `validOn`.
    pub fn is_known_at(&self, moment: &Moment) -> bool {
        moment.has_recorded(self.recorded_at)
            && moment.has_published(self.recorded_at.day())
            && moment.has_started(Some(self.reviewed_on))
    }
}
