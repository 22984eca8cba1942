//! What entries refer to: the rows that must be at hand before one can be decided.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::payload::{Evidence, Payload, Statement, Subject};

/// What payloads refer to.
#[derive(Default)]
pub(super) struct Wanted<'p> {
    pub(super) initiatives: BTreeSet<i64>,
    pub(super) slugs: BTreeSet<&'p str>,
    pub(super) sources: BTreeSet<i64>,
    pub(super) statements: BTreeSet<i64>,
    /// Those of the statements whose row, history or publication changes.
    pub(super) changed: BTreeSet<i64>,
    /// Requested states by initiative.
    pub(super) ends: BTreeMap<i64, BTreeSet<&'p str>>,
}

impl<'p> Wanted<'p> {
    pub(super) fn add(&mut self, payload: &'p Payload) {
        match payload {
            Payload::InitiativeOpened(initiative) => drop(self.slugs.insert(&initiative.slug)),
            Payload::SourceRegistered(source) => self.sources.extend(source.derived_from),
            Payload::StatementRecorded(statement) => self.add_statement(statement),
            Payload::StatementCorrected(correction) => {
                self.change(correction.corrects);
                self.add_statement(&correction.statement);
            }
            Payload::StatementRetracted(retraction) => self.change(retraction.statement),
            Payload::EvidenceAdded(addition) => {
                self.change(addition.statement);
                self.add_evidence(&addition.evidence);
            }
        }
    }

    fn change(&mut self, statement: i64) {
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
        self.sources.extend(evidence.iter().map(|one| one.source));
    }
}
