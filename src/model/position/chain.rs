//! Chains of corrections: a statement that corrects none, what corrects it, what corrects that; and the revisions of these
//! statements by later entries.
//!
//! A chain may branch, because a statement whose correction was retracted can be corrected again. All statements of a chain
//! are about one subject, so that its history has them all.

use std::collections::{BTreeSet, HashMap};

use super::history::History;
use super::packed_fact::RareFacts;
use crate::model::string_enum::string_enum;
use crate::model::time::Timestamp;

string_enum!(/// What an entry did to a statement.
    RevisionKind { Corrected, Retracted, Reinstated, Contradicted, EvidenceAdded, SourceCorrected });

/// What an entry did to a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision {
    pub statement: i64,
    pub kind: RevisionKind,
    /// The correction, the contradicting statement, or the correction whose retraction made the statement valid again.
    pub by: Option<i64>,
    /// The first statement of its chain.
    pub chain: i64,
}

/// The entry of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevisedBy {
    Entry(i64),
    /// A retraction. Recorded times of entries differ.
    RetractionAt(Timestamp),
}

impl History {
    /// The first statement of the chain of a statement.
    pub fn chain_of(&self, id: i64) -> i64 {
        let mut first = id;
        let corrected = |id| self.find(id).and_then(|fact| self.corrected_by(fact));
        // A correction is recorded after what it corrects, so this ends.
        while let Some(earlier) = corrected(first).filter(|earlier| *earlier < first) {
            first = earlier;
        }
        first
    }

    /// All statements of a chain, ascending; also those that were retracted.
    pub fn statements_of_chain(&self, first: i64) -> BTreeSet<i64> {
        let mut statements = BTreeSet::from([first]);
        for (correction, corrected) in self.rare_facts().map_or(&[][..], |rare| &rare.corrections) {
            if statements.contains(corrected) {
                statements.insert(*correction);
            }
        }
        statements
    }

    /// The corrections that took the place of a statement, each of the one before; without those that were retracted.
    pub fn successors(&self, id: i64) -> Vec<i64> {
        let corrections = self.rare_facts().map_or(&[][..], |rare| &rare.corrections);
        let valid = corrections
            .iter()
            .filter(|pair| self.retracted_at(pair.0).is_none());
        // Of several, the newest.
        let correction_of: HashMap<i64, i64> = valid.map(|pair| (pair.1, pair.0)).collect();
        let next = |id: &i64| correction_of.get(id).copied().filter(|later| later > id);
        std::iter::successors(next(&id), next).collect()
    }

    /// The revisions of the statements of a chain, in any order, except evidence that was added.
    pub fn revisions(&self, first: i64) -> Vec<(RevisedBy, Revision)> {
        let Some(rare) = self.rare_facts() else {
            return Vec::new();
        };
        let statements = self.statements_of_chain(first);
        let is_own = |id: &i64| statements.contains(id);
        let revision = |statement: i64, kind, by| Revision {
            statement,
            kind,
            by,
            chain: first,
        };
        let corrections = rare.corrections.iter().filter(|pair| is_own(&pair.1));
        let corrections = corrections.map(|(by, statement)| {
            let corrected = revision(*statement, RevisionKind::Corrected, Some(*by));
            (RevisedBy::Entry(*by), corrected)
        });
        let contradictions = rare.contradictions.iter().filter(|pair| is_own(&pair.1));
        let contradictions = contradictions.map(|(by, statement)| {
            let contradicted = revision(*statement, RevisionKind::Contradicted, Some(*by));
            (RevisedBy::Entry(*by), contradicted)
        });
        let retractions = rare.retractions.iter().filter(|pair| is_own(&pair.0));
        let retractions = retractions.flat_map(|(id, at)| {
            let retracted = revision(*id, RevisionKind::Retracted, None);
            let corrected = self.find(*id).and_then(|fact| self.corrected_by(fact));
            let reinstated =
                corrected.map(|statement| revision(statement, RevisionKind::Reinstated, Some(*id)));
            let by = RevisedBy::RetractionAt(Timestamp(*at));
            [Some(retracted), reinstated]
                .into_iter()
                .flatten()
                .map(move |one| (by, one))
        });
        corrections
            .chain(contradictions)
            .chain(retractions)
            .collect()
    }

    /// The facts that finding revisions compares.
    pub fn revision_work(&self) -> usize {
        self.rare_facts().map_or(0, |rare| {
            rare.corrections.len() + rare.contradictions.len() + rare.retractions.len()
        })
    }

    fn rare_facts(&self) -> Option<&RareFacts> {
        self.rare.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Fact;
    use super::super::histories::histories;
    use super::*;

    /// The first statement of a chain, from the facts themselves.
    fn chain_of(facts: &[Fact], id: i64) -> i64 {
        let fact = facts.iter().find(|fact| fact.id == id);
        let earlier = fact.and_then(|fact| fact.corrects);
        earlier.map_or(id, |earlier| chain_of(facts, earlier))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn a_chain_has_every_statement_that_leads_to_its_first(facts in histories()) {
            let history = History::from_facts(&facts).unwrap();
            for fact in &facts {
                let first = chain_of(&facts, fact.id);
                prop_assert_eq!(history.chain_of(fact.id), first);
                let own = facts.iter().map(|one| one.id).filter(|id| chain_of(&facts, *id) == first);
                prop_assert_eq!(history.statements_of_chain(first), own.collect::<BTreeSet<_>>());
            }
        }

        #[test]
        fn the_last_successor_is_corrected_by_none(facts in histories()) {
            let history = History::from_facts(&facts).unwrap();
            for fact in &facts {
                let mut last = fact.id;
                for successor in history.successors(fact.id) {
                    prop_assert_eq!(history.find(successor).and_then(|one| history.corrected_by(one)), Some(last));
                    last = successor;
                }
                prop_assert_eq!(history.valid_correction_of(last), None);
            }
        }
    }
}
