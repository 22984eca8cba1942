//! Point in time as an input, along three time axes: valid, published and recorded.

use async_graphql::InputObject;

use super::scalars::{Date, DateTime};
use crate::error::Result;
use crate::model::moment::Moment;

/// A point in time along three axes. An omitted axis is unrestricted: `{}` is now, with everything recorded so far.
/// Example: `{ publishedBy: "2025-06-30" }` returns what was public at the end of June 2025.
#[derive(Clone, Debug, InputObject)]
pub struct MomentInput {
    /// Includes only stances that had certainly begun by this day.
    valid_on: Option<Date>,
    /// Includes only what was public by the end of this day.
    published_by: Option<Date>,
    /// Includes only what this ledger contained at this time, including corrections and retractions.
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
