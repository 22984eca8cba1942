//! Batch cache: rows and facts that one batch passes on to the next.

use std::collections::HashMap;

use entity::{initiative, ledger_head, relationship};

use crate::error::{Error, Result};
use crate::model::position::Fact;

/// Rows and facts that are cached from one batch to the next: some tens of megabytes. With fewer, a client that writes to many
/// long histories in turn would make each batch load them again.
pub(in crate::ledger) const MAX_CACHED_FACTS: usize = 200_000;

/// Rows that entries reference often, as of `head`. A row that is absent here may still be in the database.
pub(in crate::ledger) struct BatchCache {
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
    /// The complete history, in ascending order of id.
    pub(in crate::ledger) history: Vec<Fact>,
}

impl BatchCache {
    pub(super) fn new(head: ledger_head::Model) -> Self {
        Self {
            head,
            initiatives: HashMap::new(),
            sources: HashMap::new(),
            relationships: HashMap::new(),
            ends: HashMap::new(),
        }
    }

    /// The cache, unless it contains more rows and facts than `limit`.
    pub(in crate::ledger) fn if_within(self, limit: usize) -> Option<Self> {
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

    pub(super) fn has_relationship(&self, id: i64) -> bool {
        self.relationships.contains_key(&id)
    }

    pub(in crate::ledger) fn relationship(&mut self, id: i64) -> Result<&mut Relationship> {
        let relationship = self.relationships.get_mut(&id);
        relationship.ok_or_else(|| Error::internal(format!("relationship {id} is not loaded")))
    }
}
