//! Checks statements of many histories against the criteria and the moment of a list.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::LoaderContext;
use super::statement_criteria::StatementCriteria;
use super::work_budget::WorkBudget;
use crate::error::Result;
use crate::model::moment::Moment;
use crate::model::position::cutoff::Cutoff;
use crate::model::position::history::History;
use crate::model::position::packed_fact::PackedFact;

/// Corrections that are compared in the time of one fact.
const COMPARED_CORRECTIONS: u64 = 64;

/// What a history needs as a whole is computed once.
pub(super) struct Checker<'l> {
    criteria: &'l StatementCriteria,
    moment: Option<Cutoff>,
    /// The matches of histories in which corrections matter.
    whole: HashMap<i64, BTreeSet<i64>>,
    /// Histories as of the pin.
    pinned: HashMap<i64, Arc<History>>,
}

impl<'l> Checker<'l> {
    pub(super) fn new(criteria: &'l StatementCriteria, moment: Option<&Moment>) -> Self {
        Self {
            criteria,
            moment: moment.map(Cutoff::from),
            whole: HashMap::new(),
            pinned: HashMap::new(),
        }
    }

    /// The matching statements of a history, ascending.
    pub(super) fn list_matches(&self, work: &WorkBudget, history: &History) -> Result<Vec<i64>> {
        let corrections = self.criteria.standing.as_ref();
        let corrections = corrections.map_or(0, |_| history.count_corrections() as u64);
        // Each statement that was corrected looks through all corrections.
        work.spend(history.len() as u64 + corrections * corrections / COMPARED_CORRECTIONS)?;
        let is_match = |fact: &&PackedFact| self.criteria.matches(history, fact);
        let visible = self.moment.as_ref().map(|moment| history.visible(moment));
        let ids = |facts: &mut dyn Iterator<Item = &PackedFact>| -> Vec<i64> {
            facts.filter(is_match).map(|fact| fact.id).collect()
        };
        Ok(match visible {
            Some(facts) => ids(&mut facts.into_iter()),
            None => ids(&mut history.facts().iter()),
        })
    }

    /// Whether a statement of a history matches.
    pub(super) fn is_match(
        &mut self,
        context: &LoaderContext,
        id: i64,
        history: &Arc<History>,
    ) -> Result<bool> {
        if context.pin().is_none() {
            return self.matches(context.work(), id, history);
        }
        let key = history.first_id();
        let history = match self.pinned.entry(key) {
            Entry::Occupied(pinned) => Arc::clone(pinned.get()),
            Entry::Vacant(vacant) => {
                context.work().spend(history.len() as u64)?;
                let pinned = context.as_recorded(history).unwrap_or_default();
                Arc::clone(vacant.insert(pinned))
            }
        };
        self.matches(context.work(), id, &history)
    }

    fn matches(&mut self, work: &WorkBudget, id: i64, history: &History) -> Result<bool> {
        let Some(fact) = history.find(id) else {
            return Ok(false);
        };
        if let Some(moment) = &self.moment
            && !fact.is_corrected()
            && self.criteria.standing.is_none()
        {
            return Ok(self.criteria.matches(history, fact) && history.is_present(fact, moment));
        }
        let key = history.first_id();
        if !self.whole.contains_key(&key) {
            let matches = self.list_matches(work, history)?;
            self.whole.insert(key, matches.into_iter().collect());
        }
        Ok(self.whole[&key].contains(&id))
    }
}
