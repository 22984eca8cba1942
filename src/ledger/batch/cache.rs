//! Batch cache: rows and facts that one batch passes on to the next.

use std::collections::HashMap;

use entity::{initiative, ledger_head, relationship};

use crate::error::{Error, Result};
use crate::model::position::Fact;

/// Bytes of rows and facts that are cached from one batch to the next. With fewer, a client that writes to many long histories
/// in turn would make each batch load them again.
const MAX_CACHED_BYTES: usize = 16 << 20;
/// Bytes of a fact besides its struct: its date and its publications, each an allocation.
const FACT_BYTES: usize = 96;
/// Bytes of another row with its texts.
const ROW_BYTES: usize = 512;

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

    /// The cache, unless it takes more bytes than [`MAX_CACHED_BYTES`].
    pub(in crate::ledger) fn if_within_limit(self) -> Option<Self> {
        let histories = self.relationships.values().map(|relationship| {
            let history = &relationship.history;
            history.capacity() * size_of::<Fact>() + history.len() * FACT_BYTES
        });
        let rows = self.relationships.len() + self.sources.len() + self.initiatives.len();
        let bytes = histories.sum::<usize>() + rows * ROW_BYTES;
        (bytes <= MAX_CACHED_BYTES).then_some(self)
    }

    /// Adds a fact to the history of a relationship that is loaded.
    pub(super) fn add_fact(&mut self, relationship: i64, fact: Fact) -> Result<()> {
        let history = &mut self.relationship(relationship)?.history;
        if history.len() == history.capacity() {
            // Not doubled: histories that grow side by side would all double at the same time.
            history.reserve_exact(history.len() / 8 + 4);
        }
        history.push(fact);
        Ok(())
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

    pub(in crate::ledger) fn find(&self, id: i64) -> Option<&Relationship> {
        self.relationships.get(&id)
    }

    pub(in crate::ledger) fn relationship(&mut self, id: i64) -> Result<&mut Relationship> {
        let relationship = self.relationships.get_mut(&id);
        relationship.ok_or_else(|| Error::internal(format!("relationship {id} is not loaded")))
    }
}
