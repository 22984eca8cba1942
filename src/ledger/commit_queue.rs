//! Commit queue: hands what the writer has committed to the feed of the same process, which then need not read it from the database.
//!
//! It is a short cut and no second source. The feed takes a group only if it continues where the feed is; what it does not find
//! here it reads from the ledger, as it reads the entries of other processes.

use std::collections::VecDeque;

use entity::{initiative, ledger_entry, relationship, review, stance_change, statement};
use parking_lot::Mutex;
use tokio::sync::{Notify, futures::Notified};

use crate::model::position::Fact;

/// Groups that wait for a feed that is behind; older ones are dropped.
const MAX_GROUPS: usize = 16;

/// The entries of one commit, and the rows that they determine, in the state after it.
#[derive(Debug, Default)]
pub struct CommittedGroup {
    /// Ascending by seq, without gaps; at least one.
    pub entries: Vec<ledger_entry::Model>,
    pub changes: Vec<stance_change::Model>,
    /// The statements that the entries record or reference.
    pub statements: Vec<statement::Model>,
    /// The relationships of these statements and of the reviews.
    pub relationships: Vec<relationship::Model>,
    pub initiatives: Vec<initiative::Model>,
    pub reviews: Vec<review::Model>,
    /// Those of the new statements, ascending by id.
    pub facts: Vec<Fact>,
}

/// Committed groups, in the order of their commits.
#[derive(Debug, Default)]
pub struct CommitQueue {
    groups: Mutex<VecDeque<CommittedGroup>>,
    committed: Notify,
}

impl CommitQueue {
    /// Announces a commit; `None` if its entries have to be read.
    pub(super) fn push(&self, group: Option<CommittedGroup>) {
        if let Some(group) = group {
            let mut groups = self.groups.lock();
            if groups.len() == MAX_GROUPS {
                groups.pop_front();
            }
            groups.push_back(group);
        }
        self.committed.notify_waiters();
    }

    /// Completes at the next commit after this call.
    pub fn committed(&self) -> Notified<'_> {
        self.committed.notified()
    }

    /// Whether groups wait.
    pub fn has_groups(&self) -> bool {
        !self.groups.lock().is_empty()
    }

    /// The group that starts with the entry after `seq`. Earlier ones are dropped.
    pub fn take_after(&self, seq: i64) -> Option<CommittedGroup> {
        let mut groups = self.groups.lock();
        let is_past =
            |group: &CommittedGroup| group.entries.last().is_none_or(|last| last.seq <= seq);
        while groups.front().is_some_and(is_past) {
            groups.pop_front();
        }
        let next = groups.front()?.entries.first()?;
        if next.seq == seq + 1 {
            groups.pop_front()
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::empty_entry;

    fn group(seqs: std::ops::RangeInclusive<i64>) -> CommittedGroup {
        CommittedGroup {
            entries: seqs.map(empty_entry).collect(),
            ..CommittedGroup::default()
        }
    }

    fn first_after(queue: &CommitQueue, seq: i64) -> Option<i64> {
        Some(queue.take_after(seq)?.entries[0].seq)
    }

    #[test]
    fn a_group_is_taken_only_where_it_continues() {
        let queue = CommitQueue::default();
        queue.push(Some(group(3..=4)));
        queue.push(None);
        queue.push(Some(group(6..=9)));
        // Entry 2 of another process is not here.
        assert_eq!(first_after(&queue, 1), None);
        assert_eq!(first_after(&queue, 2), Some(3));
        assert_eq!(first_after(&queue, 4), None);
        // A part of the group was read from the ledger.
        assert_eq!(first_after(&queue, 6), None);
        queue.push(Some(group(10..=10)));
        assert_eq!(first_after(&queue, 9), Some(10));
    }

    #[test]
    fn only_the_newest_groups_wait() {
        let queue = CommitQueue::default();
        (1..=20).for_each(|seq| queue.push(Some(group(seq..=seq))));
        assert_eq!(first_after(&queue, 0), None);
        assert_eq!(first_after(&queue, 4), Some(5));
    }
}
