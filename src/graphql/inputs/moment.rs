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
    /// `field` is the path of the input.
    pub fn moment_of(&self, field: &str) -> Result<Moment> {
        let day = |date: &Option<Date>, axis: &str| {
            let date = date.as_ref();
            date.map(|date| date.day(&format!("{field}.{axis}")))
                .transpose()
        };
        let recorded_by = self.recorded_by.as_ref();
        Ok(Moment {
            valid_on: day(&self.valid_on, "validOn")?,
            published_by: day(&self.published_by, "publishedBy")?,
            recorded_by: recorded_by
                .map(|at| at.timestamp(&format!("{field}.recordedBy")))
                .transpose()?,
        })
    }
}

/// The moment of an optional `at` argument.
pub fn moment(at: Option<&MomentInput>) -> Result<Option<Moment>> {
    at.map(|at| at.moment_of("at")).transpose()
}
