//! References: the rows that payloads reference and that must be loaded before they are checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::payload::{Evidence, Payload, Source, Statement, Subject};

/// Keys of the referenced rows.
#[derive(Default)]
pub(in crate::ledger) struct References<'p> {
    pub(in crate::ledger) initiatives: BTreeSet<i64>,
    pub(in crate::ledger) slugs: BTreeSet<&'p str>,
    pub(in crate::ledger) sources: BTreeSet<i64>,
    /// The sources among them that are corrected, with their new data.
    pub(super) corrected_sources: BTreeMap<i64, Vec<&'p Source>>,
    pub(in crate::ledger) statements: BTreeSet<i64>,
    /// The statements among them whose row, history or publication changes.
    pub(in crate::ledger) changed: BTreeSet<i64>,
    /// Requested states by initiative.
    pub(in crate::ledger) ends: BTreeMap<i64, BTreeSet<&'p str>>,
}

impl<'p> References<'p> {
    pub(in crate::ledger) fn add(&mut self, payload: &'p Payload) {
        match payload {
            Payload::InitiativeOpened(initiative) => drop(self.slugs.insert(&initiative.slug)),
            Payload::SourceRegistered(source) => self.sources.extend(source.derived_from),
            Payload::StatementRecorded(statement) => self.add_statement(statement),
            Payload::StatementCorrected(correction) => {
                self.add_changed(correction.corrects);
                self.add_statement(&correction.statement);
            }
            Payload::StatementRetracted(retraction) => self.add_changed(retraction.statement),
            Payload::EvidenceAdded(addition) => {
                self.add_changed(addition.statement);
                self.add_evidence(&addition.evidence);
            }
            Payload::ReviewRecorded(review) => {
                self.initiatives.insert(review.initiative);
                if let Some(state) = &review.requested_state {
                    let states = self.ends.entry(review.initiative).or_default();
                    states.insert(state);
                }
            }
            Payload::EditionImported(edition) => drop(self.initiatives.insert(edition.initiative)),
            Payload::SourceCorrected(correction) => self.add_source_correction(correction),
        }
    }

    fn add_changed(&mut self, statement: i64) {
        self.statements.insert(statement);
        self.changed.insert(statement);
    }

    fn add_statement(&mut self, statement: &'p Statement) {
        match &statement.subject {
            Subject::Relationship {
                initiative,
                requested_state,
            } => {
                self.initiatives.insert(*initiative);
                let states = self.ends.entry(*initiative).or_default();
                states.insert(requested_state);
            }
            Subject::Initiative(id) => drop(self.initiatives.insert(*id)),
            Subject::Country(_) => {}
        }
        self.add_evidence(&statement.evidence);
        self.statements.extend(&statement.contradicts);
    }

    fn add_evidence(&mut self, evidence: &[Evidence]) {
        self.sources.extend(evidence.iter().map(|item| item.source));
    }
}
