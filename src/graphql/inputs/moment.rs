//! Point in time as an input, along three time axes: valid, published and recorded.

use async_graphql::InputObject;

use super::scalars::{Date, DateTime};
use crate::error::Result;
use crate::model::moment::Moment;

/// A point on three clocks. A clock that is left out does not limit: `{}` is now, with all that we know.
/// "What was publicly known at the end of June" is `{ publishedBy: "2025-06-30" }`.
#[derive(Clone, Debug, InputObject)]
pub struct MomentInput {
    /// The day in the world that is asked about: only what had certainly begun by then counts.
    valid_on: Option<Date>,
    /// Only what had been published by the end of this day.
    published_by: Option<Date>,
    /// Only what our ledger held at this instant, corrections and retractions included.
    recorded_by: Option<DateTime>,
}

impl MomentInput {
    pub fn moment(&self) -> Result<Moment> {
        let day =
            |date: &Option<Date>, field| date.as_ref().map(|date| date.day(field)).transpose();
        let recorded_by = self.recorded_by.as_ref();
        Ok(Moment {
            valid_on: day(&self.valid_on, "at.validOn")?,
            published_by: day(&self.published_by, "at.publishedBy")?,
            recorded_by: recorded_by
                .map(|at| at.timestamp("at.recordedBy"))
                .transpose()?,
        })
    }
}

/// The moment of an optional `at` argument.
pub fn moment(at: Option<&MomentInput>) -> Result<Option<Moment>> {
    at.map(MomentInput::moment).transpose()
}
