//! Replay: a batch without a database. The caller adds the stored rows that entries reference, and takes the new and changed rows.

use entity::{initiative, ledger_head, relationship, statement};

use super::{Batch, BatchCache, NewRows};
use crate::error::{Error, Result};
use crate::model::position::Fact;

/// The rows that the entries of a replayed batch determine, in the order of their keys.
pub(in crate::ledger) struct ReplayedRows {
    pub(in crate::ledger) new: NewRows,
    /// In the state after the batch.
    pub(in crate::ledger) new_statements: Vec<statement::Model>,
    /// Statements of earlier batches.
    pub(in crate::ledger) changed_statements: Vec<statement::Model>,
    /// Relationships of this batch and of earlier ones.
    pub(in crate::ledger) changed_relationships: Vec<relationship::Model>,
}

impl Batch {
    /// Starts after the entry of `head`.
    pub(in crate::ledger) fn replay(head: ledger_head::Model) -> Self {
        Self::of_cache(BatchCache::new(head))
    }

    pub(in crate::ledger) fn add_stored_initiative(&mut self, row: initiative::Model) {
        self.cache.initiatives.insert(row.id, row);
    }

    /// `fact` is that of a statement that is not about a relationship; the others are in their relationship's history.
    pub(in crate::ledger) fn add_stored_statement(
        &mut self,
        row: statement::Model,
        fact: Option<&Fact>,
    ) -> Result<()> {
        self.statements.insert(row.id, row);
        fact.map_or(Ok(()), |fact| {
            self.facts.merge(fact).map_err(Error::internal)
        })
    }

    pub(in crate::ledger) fn into_rows(mut self) -> ReplayedRows {
        let contradictions = &mut self.new.contradictions;
        contradictions.sort_unstable_by_key(|row| (row.statement_id, row.contradicts_id));
        let new_statements = self.statements.split_off(&(self.start_seq + 1));
        let changed_statements = self.changed_statements.iter();
        let changed_statements = changed_statements.filter_map(|id| self.statements.remove(id));
        let changed_relationships = self.changed_relationships.iter();
        let changed_relationships = changed_relationships
            .filter_map(|id| self.cache.find(*id))
            .map(|found| found.row.clone());
        ReplayedRows {
            new_statements: new_statements.into_values().collect(),
            changed_statements: changed_statements.collect(),
            changed_relationships: changed_relationships.collect(),
            new: self.new,
        }
    }
}
