//! Reviews: the day on which a relationship or an initiative was last checked.

use chrono::NaiveDate;

use super::{Action, Ledger, Moment};
use crate::date::day_of;

impl Ledger {
    /// The last day among the reviews that were recorded, and so public, at a moment, of days up to it. A review of an initiative
    /// is one of all its relationships.
    pub fn reviewed_on(
        &self,
        initiative: i64,
        state: Option<&'static str>,
        at: &Moment,
    ) -> Option<NaiveDate> {
        let days = self.entries.iter().filter_map(|entry| {
            let Action::Review {
                initiative: of,
                state: of_state,
                on,
            } = entry.content.action
            else {
                return None;
            };
            let recorded_on = day_of(entry.recorded_at);
            let on = on.unwrap_or(recorded_on);
            let is_known = at
                .recorded_by
                .is_none_or(|limit| entry.recorded_at <= limit)
                && at.published_by.is_none_or(|limit| recorded_on <= limit)
                && at.valid_on.is_none_or(|limit| on <= limit);
            let is_of_subject = of == initiative && (of_state.is_none() || of_state == state);
            (is_known && is_of_subject).then_some(on)
        });
        days.max()
    }
}
