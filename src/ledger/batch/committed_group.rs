//! Committed group: what a batch hands to the feed of this process (`commit_queue`).

use std::collections::BTreeSet;

use entity::ledger_entry;

use super::Batch;
use crate::ledger::commit_queue::CommittedGroup;
use crate::ledger::write_group::RecordedRows;
use crate::model::position::Fact;
use crate::model::source::EntryKind;

impl Batch {
    /// From now on, the facts of new statements are collected for [`Batch::committed_group`].
    pub(in crate::ledger) fn collect_new_facts(&mut self) {
        self.new_facts = Some(Vec::new());
    }

    pub(super) fn collect_fact(&mut self, fact: &Fact) {
        if let Some(facts) = &mut self.new_facts {
            facts.push(fact.clone());
        }
    }

    /// The rows of an entry of this batch; `None` for an earlier one.
    pub(in crate::ledger) fn recorded_rows(
        &self,
        entry: &ledger_entry::Model,
    ) -> Option<RecordedRows> {
        if entry.seq <= self.start_seq {
            return None;
        }
        let changes = &self.new.changes;
        let change = changes.binary_search_by_key(&entry.seq, |change| change.seq);
        Some(RecordedRows {
            statement: self.statements.get(&entry.seq).cloned(),
            change: change.ok().map(|index| changes[index].clone()),
        })
    }

    /// The new entries with the rows that they determine. `None` without new entries, and for entries that change facts of earlier
    /// statements: the feed reads those.
    pub(in crate::ledger) fn committed_group(&mut self) -> Option<CommittedGroup> {
        let entries = &self.new.entries;
        if entries.is_empty() || !entries.iter().all(|entry| adds_only(&entry.kind)) {
            return None;
        }
        let of_statements = self.statements.values().map(|row| row.relationship_id);
        let of_reviews = self.new.reviews.iter().map(|row| row.relationship_id);
        let relationships: BTreeSet<i64> = of_statements.chain(of_reviews).flatten().collect();
        let rows = relationships.iter().map(|id| self.cache.find(*id));
        Some(CommittedGroup {
            entries: entries.clone(),
            changes: self.new.changes.clone(),
            statements: self.statements.values().cloned().collect(),
            relationships: rows
                .map(|found| found.map(|found| found.row.clone()))
                .collect::<Option<_>>()?,
            initiatives: self.new.initiatives.clone(),
            reviews: self.new.reviews.clone(),
            facts: self.new_facts.take()?,
        })
    }
}

/// Whether entries of a kind change no fact but that of their own statement.
fn adds_only(kind: &str) -> bool {
    match kind.parse() {
        Ok(
            EntryKind::InitiativeOpened
            | EntryKind::SourceRegistered
            | EntryKind::StatementRecorded
            | EntryKind::StatementCorrected
            | EntryKind::ReviewRecorded
            | EntryKind::EditionImported,
        ) => true,
        Ok(
            EntryKind::StatementRetracted | EntryKind::EvidenceAdded | EntryKind::SourceCorrected,
        )
        | Err(_) => false,
    }
}
