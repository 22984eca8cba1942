//! Sources of a batch: the newest version of each that its entries reference, and what a correction of one moves.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{evidence, source, statement};

use super::{Batch, References};
use crate::ledger::payload::SourceCorrection;
use crate::model::position::history::History;
use crate::model::statement::EvidenceRelation;
use crate::model::time::parse_day;

/// A source in the state of the batch.
#[derive(Clone, Debug)]
pub(in crate::ledger) struct SourceState {
    pub(in crate::ledger) newest: source::Model,
    /// When its first version was recorded. No day of publication is later.
    pub(in crate::ledger) registered_at: i64,
    /// The last day on which it, or an original that it derives from, can have become public.
    pub(in crate::ledger) public_on: Option<String>,
}

/// A supporting piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ledger) struct Citation {
    pub(in crate::ledger) source: i64,
    /// The last day on which the passage can have become public, if it has a date of its own.
    pub(in crate::ledger) own: Option<NaiveDate>,
}

impl Citation {
    /// `None` for evidence that does not support its statement.
    pub(in crate::ledger) fn of(row: &evidence::Model) -> Option<Self> {
        let own = row.published_on.as_ref().and(row.public_on.as_deref());
        let citation = Self {
            source: row.source_id,
            own: own.and_then(parse_day),
        };
        (row.relation == EvidenceRelation::Supports.as_ref()).then_some(citation)
    }
}

/// Sources by number.
#[derive(Default)]
pub(in crate::ledger) struct Sources(BTreeMap<i64, SourceState>);

impl Sources {
    pub(in crate::ledger) fn find(&self, number: i64) -> Option<&SourceState> {
        self.0.get(&number)
    }

    pub(in crate::ledger) fn find_mut(&mut self, number: i64) -> Option<&mut SourceState> {
        self.0.get_mut(&number)
    }

    pub(in crate::ledger) fn put(&mut self, state: SourceState) {
        self.0.insert(state.newest.number(), state);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Sources and all that derive from them, each after the one that it derives from.
    pub(in crate::ledger) fn list_derived(&self, sources: &BTreeSet<i64>) -> Vec<i64> {
        let mut by_original: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (number, state) in &self.0 {
            if let Some(original) = state.newest.derived_from {
                by_original.entry(original).or_default().push(*number);
            }
        }
        let mut all: Vec<i64> = sources.iter().copied().collect();
        let mut seen = sources.clone();
        let mut next = 0;
        while let Some(number) = all.get(next) {
            let derived = by_original.get(number).into_iter().flatten();
            let derived: Vec<i64> = derived.copied().filter(|one| seen.insert(*one)).collect();
            all.extend(derived);
            next += 1;
        }
        all
    }

    /// Whether a source is another one, or derives from it.
    pub(in crate::ledger) fn derives_from(&self, source: i64, original: i64) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = Some(source);
        while let Some(number) = next.filter(|number| seen.insert(*number)) {
            if number == original {
                return true;
            }
            next = self
                .find(number)
                .and_then(|state| state.newest.derived_from);
        }
        false
    }
}

impl Batch {
    /// Adds a piece of evidence, unless it does not support its statement.
    pub(in crate::ledger) fn add_citation(&mut self, row: &evidence::Model) {
        if let Some(citation) = Citation::of(row) {
            self.put_citation(row.statement_id, citation);
        }
    }

    pub(in crate::ledger) fn put_citation(&mut self, statement: i64, citation: Citation) {
        self.citations.entry(statement).or_default().push(citation);
    }

    /// The statements whose day of publication depends on any of these sources, and their days by their sources now.
    pub(in crate::ledger) fn publication_days(
        &self,
        sources: &BTreeSet<i64>,
    ) -> Vec<(i64, Option<NaiveDate>)> {
        let depends = |one: &Citation| one.own.is_none() && sources.contains(&one.source);
        let citing = self.citations.iter();
        let citing = citing.filter(|(_, citations)| citations.iter().any(depends));
        citing
            .map(|(statement, citations)| {
                let days = citations.iter().filter_map(|one| self.citation_day(one));
                (*statement, days.min())
            })
            .collect()
    }

    fn citation_day(&self, citation: &Citation) -> Option<NaiveDate> {
        citation.own.or_else(|| {
            let state = self.cache.sources.find(citation.source)?;
            parse_day(state.public_on.as_deref()?)
        })
    }

    /// The history with the fact of a statement, if it is loaded.
    pub(in crate::ledger) fn loaded_history(
        &mut self,
        statement: &statement::Model,
    ) -> Option<&mut History> {
        match statement.relationship_id {
            Some(id) => self
                .cache
                .relationship(id)
                .ok()
                .map(|found| &mut found.history),
            None => Some(&mut self.facts),
        }
    }
}

impl<'p> References<'p> {
    pub(super) fn add_source_correction(&mut self, correction: &'p SourceCorrection) {
        self.sources.insert(correction.number);
        self.sources.extend(correction.source.derived_from);
        let corrections = self.corrected_sources.entry(correction.number);
        corrections.or_default().push(&correction.source);
    }

    /// Whether a payload corrects a source.
    pub(in crate::ledger) fn has_source_corrections(&self) -> bool {
        !self.corrected_sources.is_empty()
    }
}
