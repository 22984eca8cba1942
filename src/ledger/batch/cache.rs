//! What batches know of the ledger beyond a single one.

use std::collections::HashMap;

use entity::{initiative, ledger_head, relationship};

use crate::error::{Error, Result};
use crate::model::position::Fact;

/// Rows and facts that are remembered from one batch to the next: some tens of megabytes. With fewer, a writer who goes round
/// among long histories would read all of them again and again.
pub(in crate::ledger) const KNOWN: usize = 200_000;

/// Rows that entries refer to again and again, as they stand at `head`. What is absent may still be stored.
pub(in crate::ledger) struct Known {
    pub(in crate::ledger) head: ledger_head::Model,
    pub(in crate::ledger) initiatives: HashMap<i64, initiative::Model>,
    /// The last day on which each source can have become public.
    pub(in crate::ledger) sources: HashMap<i64, Option<String>>,
    relationships: HashMap<i64, Relationship>,
    /// Relationships by initiative and requested state.
    ends: HashMap<i64, HashMap<String, i64>>,
}

pub(in crate::ledger) struct Relationship {
    pub(in crate::ledger) row: relationship::Model,
    /// Whole, in ascending order of id.
    pub(in crate::ledger) history: Vec<Fact>,
}

impl Known {
    pub(super) fn new(head: ledger_head::Model) -> Self {
        Self {
            head,
            initiatives: HashMap::new(),
            sources: HashMap::new(),
            relationships: HashMap::new(),
            ends: HashMap::new(),
        }
    }

    /// Itself, unless it holds more rows and facts than that.
    pub(in crate::ledger) fn within(self, limit: usize) -> Option<Self> {
        let facts = self.relationships.values().map(|it| it.history.len() + 1);
        let size = facts.sum::<usize>() + self.sources.len() + self.initiatives.len();
        (size <= limit).then_some(self)
    }

    pub(in crate::ledger) fn add_relationship(
        &mut self,
        row: relationship::Model,
        history: Vec<Fact>,
    ) {
        let ends = self.ends.entry(row.initiative_id).or_default();
        ends.insert(row.requested_state.clone(), row.id);
        self.relationships
            .insert(row.id, Relationship { row, history });
    }

    pub(in crate::ledger) fn find_relationship(
        &self,
        initiative: i64,
        requested: &str,
    ) -> Option<i64> {
        self.ends.get(&initiative)?.get(requested).copied()
    }

    pub(super) fn holds_relationship(&self, id: i64) -> bool {
        self.relationships.contains_key(&id)
    }

    pub(in crate::ledger) fn relationship(&mut self, id: i64) -> Result<&mut Relationship> {
        let found = self.relationships.get_mut(&id);
        found.ok_or_else(|| Error::internal(format!("relationship {id} vanished")))
    }
}
