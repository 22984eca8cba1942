//! The seqs that a scan in memory has still to check for a page.

use std::ops::RangeInclusive;

use crate::graphql::pagination::Page;

/// Becomes smaller from its start, or from its end for a backward page.
pub(super) struct SeqRange {
    rest: RangeInclusive<i64>,
    pub(super) backward: bool,
}

impl SeqRange {
    /// The seqs between the cursors of a page, up to the newest entry of the list.
    pub(super) fn new(page: &Page, newest: i64) -> Self {
        let first = page.after.as_ref().map_or(i64::MIN, |cursor| cursor.id);
        let last = page.before.as_ref().map_or(i64::MAX, |cursor| cursor.id);
        Self {
            rest: first.saturating_add(1)..=last.saturating_sub(1).min(newest),
            backward: page.backward,
        }
    }

    /// What is left; `None` at the end.
    pub(super) fn rest(&self) -> Option<&RangeInclusive<i64>> {
        (!self.rest.is_empty()).then_some(&self.rest)
    }

    /// Goes on after the last seq that was checked; `None` if there are no more.
    pub(super) fn pass(&mut self, last: Option<i64>) {
        let (start, end) = (*self.rest.start(), *self.rest.end());
        self.rest = match last {
            None => RangeInclusive::new(1, 0),
            Some(last) if self.backward => start..=last.saturating_sub(1),
            Some(last) => last.saturating_add(1)..=end,
        };
    }
}
