//! Batch cache: rows and facts that one batch passes on to the next.

use std::collections::HashMap;

use entity::{initiative, ledger_head, relationship};

use super::sources::Sources;
use crate::error::{Error, Result};
use crate::model::position::history::History;

/// Bytes of rows and facts that are cached from one batch to the next. With fewer, a client that writes to many long histories
/// in turn would make each batch load them again.
const MAX_CACHED_BYTES: usize = 16 << 20;
/// Bytes of another row with its texts.
const ROW_BYTES: usize = 512;

/// Rows that entries reference often, as of `head`. A row that is absent here may still be in the database.
pub(in crate::ledger) struct BatchCache {
    pub(in crate::ledger) head: ledger_head::Model,
    pub(in crate::ledger) initiatives: HashMap<i64, initiative::Model>,
    pub(in crate::ledger) sources: Sources,
    relationships: HashMap<i64, Relationship>,
    /// Relationships by initiative and requested state.
    ends: HashMap<i64, HashMap<String, i64>>,
}

pub(in crate::ledger) struct Relationship {
    pub(in crate::ledger) row: relationship::Model,
    /// Complete.
    pub(in crate::ledger) history: History,
}

impl BatchCache {
    pub(super) fn new(head: ledger_head::Model) -> Self {
        Self {
            head,
            initiatives: HashMap::new(),
            sources: Sources::default(),
            relationships: HashMap::new(),
            ends: HashMap::new(),
        }
    }

    /// The cache, unless it takes more bytes than [`MAX_CACHED_BYTES`].
    pub(in crate::ledger) fn if_within_limit(self) -> Option<Self> {
        let histories = self.relationships.values();
        let histories = histories.map(|relationship| relationship.history.bytes());
        let rows = self.relationships.len() + self.sources.len() + self.initiatives.len();
        let bytes = histories.sum::<usize>() + rows * ROW_BYTES;
        (bytes <= MAX_CACHED_BYTES).then_some(self)
    }

    /// The number of facts in all histories.
    pub(super) fn facts(&self) -> usize {
        let relationships = self.relationships.values();
        relationships.map(|found| found.history.len()).sum()
    }

    pub(in crate::ledger) fn add_relationship(
        &mut self,
        row: relationship::Model,
        history: History,
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
