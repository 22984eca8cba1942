//! A history as it was just after an earlier ledger entry.

use super::history::History;
use super::packed_fact::{
    CORRECTED, PUBLISHED_AGAIN, PackedFact, RETRACTED, RareFacts, insert_sorted,
};
use crate::model::pin::Pin;
use crate::model::time::Timestamp;

impl History {
    /// The history without everything that was recorded after the pin's entry; `None` if that is nothing.
    pub fn as_recorded(&self, pin: &Pin) -> Option<Self> {
        if self.is_within(pin) {
            return None;
        }
        let count = self.facts.partition_point(|fact| fact.id <= pin.seq);
        let mut facts: Vec<PackedFact> = self.facts[..count].to_vec();
        for fact in &mut facts {
            fact.flags &= !(RETRACTED | PUBLISHED_AGAIN | CORRECTED);
        }
        let mut history = Self { facts, rare: None };
        if let Some(rare) = &self.rare {
            history.add_rare_facts(rare, pin);
        }
        Some(history)
    }

    fn add_rare_facts(&mut self, rare: &RareFacts, pin: &Pin) {
        for (id, at) in rare
            .retractions
            .iter()
            .filter(|(_, at)| *at <= pin.recorded_at.0)
        {
            self.retract(*id, Timestamp(*at));
        }
        let publications = rare.publications.iter();
        for (id, publication) in publications.filter(|(_, one)| one.recorded_at <= pin.recorded_at)
        {
            self.add_publication(*id, *publication);
        }
        // These were recorded with the statement that denies or corrects.
        let is_known = |(id, _): &&(i64, i64)| *id <= pin.seq;
        for pair in rare.contradictions.iter().filter(is_known) {
            let of_all = self.rare.get_or_insert_default();
            insert_sorted(&mut of_all.contradictions, *pair, |pair| *pair);
        }
        for pair in rare.corrections.iter().filter(is_known) {
            let of_all = self.rare.get_or_insert_default();
            insert_sorted(&mut of_all.corrections, *pair, |pair| pair.0);
            self.set_flag(pair.1, CORRECTED);
        }
    }

    fn is_within(&self, pin: &Pin) -> bool {
        let limit = pin.recorded_at;
        let is_rare_within = |rare: &RareFacts| {
            rare.retractions.iter().all(|(_, at)| *at <= limit.0)
                && rare
                    .publications
                    .iter()
                    .all(|(_, one)| one.recorded_at <= limit)
        };
        self.facts.last().is_none_or(|fact| fact.id <= pin.seq)
            && self.rare.as_deref().is_none_or(is_rare_within)
    }

    /// When a statement was retracted, as far as the history knows.
    pub fn retracted_at(&self, id: i64) -> Option<Timestamp> {
        let retractions = self.rare.as_deref()?.retractions.as_slice();
        let index = retractions.binary_search_by_key(&id, |pair| pair.0).ok()?;
        Some(Timestamp(retractions[index].1))
    }

    /// The statement that replaces another one: the newest of its corrections that is not retracted.
    pub fn valid_correction_of(&self, id: i64) -> Option<i64> {
        let mut valid = self.corrections_of(id).filter(|fact| !fact.is_retracted());
        valid.next_back().map(|fact| fact.id)
    }

    /// When a statement of the history was last recorded or retracted; `None` if it is empty.
    pub fn changed_at(&self) -> Option<Timestamp> {
        let retractions = self.rare.as_deref().map(|rare| &rare.retractions);
        let retracted = retractions.into_iter().flatten().map(|(_, at)| *at).max();
        let recorded = self.facts.iter().map(|fact| fact.recorded_at).max();
        recorded.max(retracted).map(Timestamp)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Fact;
    use super::super::histories::histories;
    use super::super::publication::Publication;
    use super::*;

    /// What was recorded by the pin, from the facts themselves.
    fn recorded(facts: &[Fact], pin: &Pin) -> Vec<Fact> {
        let known = facts.iter().filter(|fact| fact.id <= pin.seq);
        let cut = known.map(|fact| {
            let is_known = |one: &&Publication| one.recorded_at <= pin.recorded_at;
            Fact {
                publications: fact.publications.iter().filter(is_known).copied().collect(),
                retracted_at: fact.retracted_at.filter(|at| *at <= pin.recorded_at),
                ..fact.clone()
            }
        });
        cut.collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn a_pinned_history_is_the_one_that_the_earlier_facts_make(
            facts in histories(),
            index in any::<prop::sample::Index>(),
        ) {
            let history = History::from_facts(&facts).unwrap();
            let Some(last) = (!facts.is_empty()).then(|| &facts[index.index(facts.len())]) else {
                return Ok(());
            };
            let pin = Pin { seq: last.id, recorded_at: last.recorded_at, hash: "".into() };
            let expected = History::from_facts(&recorded(&facts, &pin)).unwrap();
            let pinned = history.as_recorded(&pin).unwrap_or_else(|| history.clone());
            prop_assert_eq!(&pinned, &expected);
            prop_assert_eq!(pinned.as_recorded(&pin), None);
        }
    }
}
