//! Status of statements: the columns that later entries change. They are compared after the last entry, and held only for
//! statements that were changed or differ.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use chrono::NaiveDate;
use entity::statement;

use super::seq::Seq;
use crate::model::time::parse_day;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) corrected_by: Option<i64>,
    pub(super) retracted_at: Option<i64>,
    /// Keyed hash of the reason.
    reason: Option<u64>,
    /// `None` for a text that is not a day.
    pub(super) published_on: Option<NaiveDate>,
}

impl Status {
    /// The status of a statement that no later entry has changed.
    pub(super) fn initial(published_on: NaiveDate) -> Self {
        Self {
            corrected_by: None,
            retracted_at: None,
            reason: None,
            published_on: Some(published_on),
        }
    }
}

struct Change {
    /// The stored status; `None` if the row is missing or differs in other columns, which is reported once.
    actual: Option<Status>,
    expected: Status,
}

#[derive(Default)]
pub(super) struct Statuses {
    changes: HashMap<Seq, Change>,
    hasher: RandomState,
}

impl Statuses {
    pub(super) fn of_row(&self, row: &statement::Model) -> Status {
        let reason = row.retraction_reason.as_ref();
        Status {
            corrected_by: row.corrected_by,
            retracted_at: row.retracted_at,
            reason: reason.map(|reason| self.hasher.hash_one(reason)),
            published_on: parse_day(&row.published_on)
                .filter(|day| day.to_string() == row.published_on),
        }
    }

    /// The expected status, unless it is the initial one.
    pub(super) fn find(&self, statement: Seq) -> Option<Status> {
        Some(self.changes.get(&statement)?.expected)
    }

    /// Adds a new statement; `actual` is the stored status, if the row is there and equal in all other columns.
    pub(super) fn add(
        &mut self,
        statement: Seq,
        initial: Status,
        expected: Status,
        actual: Option<Status>,
    ) {
        if expected != initial || actual != Some(expected) {
            let change = Change { actual, expected };
            self.changes.insert(statement, change);
        }
    }

    /// Changes the status of a stored statement that was `before`; `after` has a reason only if this change gives one.
    pub(super) fn change(&mut self, statement: Seq, before: Status, after: Status) {
        let change = self.changes.entry(statement).or_insert(Change {
            actual: Some(before),
            expected: before,
        });
        change.expected = Status {
            reason: after.reason.or(change.expected.reason),
            ..after
        };
    }

    /// The statements whose stored status is not the expected one.
    pub(super) fn differing(&self) -> impl Iterator<Item = Seq> {
        let changes = self.changes.iter();
        changes
            .filter(|(_, change)| {
                change
                    .actual
                    .is_some_and(|actual| actual != change.expected)
            })
            .map(|(statement, _)| *statement)
    }
}
