//! Filters of dispute changes, of revisions and of ledger entries, with every code, slug and ID resolved.

use super::stance_change::{LIST_ITEM_BYTES, unique};
use crate::feed::Event;
use crate::model::position::dispute::DisputeChangeKind;

/// Selects events that changed a dispute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisputeFilter {
    pub initiatives: Option<Vec<i64>>,
    /// Alpha-2 codes of requested states.
    pub requested: Option<Vec<String>>,
    pub kinds: Option<Vec<DisputeChangeKind>>,
}

/// Selects ledger entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Names of kinds.
    pub kinds: Option<Vec<String>>,
    /// The initiative that the entry is about.
    pub initiative: Option<i64>,
}

/// Selects events that revised a statement of these chains of corrections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevisionFilter {
    /// Their first statements, ascending, each once.
    chains: Vec<i64>,
}

impl RevisionFilter {
    pub fn new(mut chains: Vec<i64>) -> Self {
        chains.sort_unstable();
        chains.dedup();
        chains.shrink_to_fit();
        Self { chains }
    }

    /// Bytes of the list.
    pub fn held_bytes(&self) -> usize {
        self.chains.capacity() * size_of::<i64>()
    }

    pub fn matches(&self, event: &Event) -> bool {
        let mut revisions = event.revisions.iter();
        revisions.any(|one| self.chains.binary_search(&one.chain).is_ok())
    }
}

impl DisputeFilter {
    /// The same filter with each value once.
    #[must_use]
    pub fn deduplicated(self) -> Self {
        Self {
            initiatives: self.initiatives.map(unique),
            requested: self.requested.map(unique),
            kinds: self.kinds.map(unique),
        }
    }

    /// Bytes of the lists.
    pub fn held_bytes(&self) -> usize {
        let items = |count: Option<usize>| count.unwrap_or(0) * LIST_ITEM_BYTES;
        items(self.initiatives.as_ref().map(Vec::len))
            + items(self.requested.as_ref().map(Vec::len))
            + items(self.kinds.as_ref().map(Vec::len))
    }

    pub fn matches(&self, event: &Event) -> bool {
        let Some(change) = &event.dispute else {
            return false;
        };
        let (initiative, state) = (event.subject.initiative, &event.subject.requested_state);
        let initiatives = self.initiatives.as_ref();
        let requested = self.requested.as_ref();
        initiatives.is_none_or(|ids| initiative.is_some_and(|id| ids.contains(&id)))
            && requested.is_none_or(|all| state.as_ref().is_some_and(|code| all.contains(code)))
            && self
                .kinds
                .as_ref()
                .is_none_or(|all| all.contains(&change.kind))
    }
}

impl EntryFilter {
    /// Bytes of the list.
    pub fn held_bytes(&self) -> usize {
        self.kinds.as_ref().map_or(0, Vec::len) * LIST_ITEM_BYTES
    }

    pub fn matches(&self, event: &Event) -> bool {
        let kinds = self.kinds.as_ref();
        kinds.is_none_or(|kinds| kinds.contains(&event.entry.kind))
            && (self.initiative.is_none() || event.subject.initiative == self.initiative)
    }
}
