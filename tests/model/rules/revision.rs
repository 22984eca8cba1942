//! Revisions: what entries did to statements that were recorded before them.

use std::collections::BTreeSet;

use super::{Action, Evidence, Ledger};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision {
    pub statement: i64,
    /// In the order of kinds that the API has.
    order: u8,
    pub by: Option<i64>,
}

const KINDS: [&str; 6] = [
    "CORRECTED",
    "RETRACTED",
    "REINSTATED",
    "CONTRADICTED",
    "EVIDENCE_ADDED",
    "SOURCE_CORRECTED",
];

impl Revision {
    pub fn kind(&self) -> &'static str {
        KINDS[usize::from(self.order)]
    }
}

impl Ledger {
    /// By statement and kind.
    pub fn revisions_by(&self, seq: i64) -> Vec<Revision> {
        let mut revisions = Vec::new();
        let mut add = |statement: i64, order: u8, by: Option<i64>| {
            revisions.push(Revision {
                statement,
                order,
                by,
            });
        };
        match &self.entry(seq).expect("the entry exists").content.action {
            Action::Statement(_)
            | Action::Initiative { .. }
            | Action::Source { .. }
            | Action::Review { .. } => {}
            Action::Correction { of, .. } => add(*of, 0, Some(seq)),
            Action::Retraction { of } => {
                add(*of, 1, None);
                if let Some(corrected) = self.corrected_by(*of) {
                    add(corrected, 2, Some(*of));
                }
            }
            Action::Evidence { of, .. } => add(*of, 4, None),
            Action::SourceCorrection { of, .. } => {
                for statement in self.statements_on(*of, seq) {
                    add(statement, 5, None);
                }
            }
        }
        for denied in self.claim(seq).iter().flat_map(|claim| &claim.contradicts) {
            add(*denied, 3, Some(seq));
        }
        revisions.sort();
        revisions
    }

    /// The statements before a correction of a source that cite it, or rest on a source whose day it moved.
    fn statements_on(&self, source: i64, seq: i64) -> BTreeSet<i64> {
        let is_moved = |one: i64| self.public_on(one, seq - 1) != self.public_on(one, seq);
        let earlier = self.numbered().take_while(|(entry, _)| *entry < seq);
        let evidence = earlier.flat_map(|(entry, one)| match &one.content.action {
            Action::Statement(claim) | Action::Correction { claim, .. } => {
                claim.evidence.iter().map(|piece| (entry, piece)).collect()
            }
            Action::Evidence { of, evidence } => {
                evidence.iter().map(|piece| (*of, piece)).collect()
            }
            _ => Vec::new(),
        });
        let concerns = |piece: &Evidence| {
            let rests = piece.relation == "SUPPORTS" && piece.published.is_none();
            piece.source == source || (rests && is_moved(piece.source))
        };
        let concerned = evidence.filter(|(_, piece)| concerns(piece));
        concerned.map(|(statement, _)| statement).collect()
    }

    /// The statement that a statement corrects.
    fn corrected_by(&self, seq: i64) -> Option<i64> {
        match self.entry(seq)?.content.action {
            Action::Correction { of, .. } => Some(of),
            _ => None,
        }
    }

    /// The statement at the start of its chain of corrections.
    pub fn chain_of(&self, seq: i64) -> i64 {
        self.corrected_by(seq).map_or(seq, |of| self.chain_of(of))
    }

    /// Whether an entry revised a statement of one of these chains.
    pub fn revises(&self, seq: i64, chains: &[i64]) -> bool {
        let revisions = self.revisions_by(seq);
        let mut revised = revisions.iter().map(|one| self.chain_of(one.statement));
        revised.any(|chain| chains.contains(&chain))
    }
}
