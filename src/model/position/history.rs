//! History of a subject in a compact form: 40 bytes a statement, and a list for what few statements have.

use chrono::{Datelike, NaiveDate};

use super::Fact;
use super::cutoff::{Cutoff, day_of};
use super::packed_fact::{
    CONTRADICTS, CORRECTED, CORRECTS, OPEN_START, PUBLISHED_AGAIN, PackedFact, RETRACTED,
    RareFacts, WITHOUT_PUBLICATION, insert_sorted, of_statement,
};
use super::publication::Publication;
use crate::model::edtf::EdtfError;
use crate::model::moment::{Axis, Moment};
use crate::model::time::Timestamp;

/// All facts ever recorded about one subject, in ascending order of id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub(super) facts: Vec<PackedFact>,
    pub(super) rare: Option<Box<RareFacts>>,
}

impl History {
    /// # Errors
    /// That of the first date that is not accepted.
    pub fn from_facts<'f>(facts: impl IntoIterator<Item = &'f Fact>) -> Result<Self, EdtfError> {
        let mut history = Self::default();
        for fact in facts {
            history.merge(fact)?;
        }
        Ok(history)
    }

    /// Adds a fact, or what is new in it: facts only ever grow, so an older copy changes nothing.
    /// # Errors
    /// That of its date, if it is not accepted.
    pub fn merge(&mut self, fact: &Fact) -> Result<(), EdtfError> {
        let packed = PackedFact::new(fact)?;
        if let Err(index) = self.index_of(fact.id) {
            self.insert(index, packed, fact.corrects);
        }
        for denied in &fact.contradicts {
            self.set_flag(fact.id, CONTRADICTS);
            let rare = self.rare.get_or_insert_default();
            insert_sorted(&mut rare.contradictions, (fact.id, *denied), |pair| *pair);
        }
        let initial = |publication: &Publication| publication.recorded_at <= fact.recorded_at;
        for publication in fact.publications.iter().filter(|one| !initial(one)) {
            self.add_publication(fact.id, *publication);
        }
        if let Some(at) = fact.retracted_at {
            self.retract(fact.id, at);
        }
        Ok(())
    }

    fn insert(&mut self, index: usize, mut packed: PackedFact, corrects: Option<i64>) {
        // A correction is recorded after its original, so it is missing unless facts arrive out of order.
        if self.corrections_of(packed.id).next().is_some() {
            packed.flags |= CORRECTED;
        }
        if corrects.is_some() {
            packed.flags |= CORRECTS;
        }
        if self.facts.len() == self.facts.capacity() {
            // Not doubled: most histories rest, and those that grow side by side would all double at the same time.
            self.facts.reserve_exact(self.facts.len() / 8 + 1);
        }
        self.facts.insert(index, packed);
        if let Some(corrected) = corrects {
            let rare = self.rare.get_or_insert_default();
            insert_sorted(&mut rare.corrections, (packed.id, corrected), |pair| pair.0);
            self.set_flag(corrected, CORRECTED);
        }
    }

    /// Records a retraction. The first one counts.
    pub fn retract(&mut self, id: i64, at: Timestamp) {
        if self.set_flag(id, RETRACTED) {
            let rare = self.rare.get_or_insert_default();
            insert_sorted(&mut rare.retractions, (id, at.0), |pair| pair.0);
        }
    }

    /// Adds a publication that was recorded after the statement.
    pub fn add_publication(&mut self, id: i64, publication: Publication) {
        if self.set_flag(id, PUBLISHED_AGAIN) {
            let rare = self.rare.get_or_insert_default();
            let key = |(id, one): &(i64, Publication)| (*id, one.recorded_at);
            insert_sorted(&mut rare.publications, (id, publication), key);
        }
    }

    /// Whether there is a fact with this id.
    pub(super) fn set_flag(&mut self, id: i64, flag: u8) -> bool {
        let fact = self.index_of(id).ok();
        let fact = fact.map(|index| &mut self.facts[index]);
        fact.map(|fact| fact.flags |= flag).is_some()
    }

    pub(super) fn index_of(&self, id: i64) -> Result<usize, usize> {
        match self.facts.last() {
            Some(last) if last.id < id => Err(self.facts.len()),
            _ => self.facts.binary_search_by_key(&id, |fact| fact.id),
        }
    }

    /// The fact of a statement.
    pub fn find(&self, id: i64) -> Option<&PackedFact> {
        self.index_of(id).ok().map(|index| &self.facts[index])
    }

    /// The id of the first statement, which identifies the history; 0 if there is none.
    pub fn first_id(&self) -> i64 {
        self.facts.first().map_or(0, |fact| fact.id)
    }

    /// Frees room that is not used.
    pub fn shrink(&mut self) {
        self.facts.shrink_to_fit();
    }

    /// All facts, in ascending order of id.
    pub fn facts(&self) -> &[PackedFact] {
        &self.facts
    }

    /// The number of facts.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        let rare = self.rare.as_ref().map_or(0, |rare| {
            size_of::<RareFacts>()
                + rare.retractions.capacity() * size_of::<(i64, i64)>()
                + rare.publications.capacity() * size_of::<(i64, Publication)>()
                + rare.contradictions.capacity() * size_of::<(i64, i64)>()
                + rare.corrections.capacity() * size_of::<(i64, i64)>()
        });
        size_of::<Self>() + self.facts.capacity() * size_of::<PackedFact>() + rare
    }

    /// Recorded and public at the moment, and not retracted.
    pub fn is_present(&self, fact: &PackedFact, cutoff: &Cutoff) -> bool {
        fact.recorded_at <= cutoff.recorded_by
            && self.published_day(fact, cutoff.recorded_by) <= cutoff.published_by
            && !(fact.has(RETRACTED) && self.retraction(fact.id, cutoff).is_some())
    }

    /// When a statement was retracted, if that was recorded and public at the moment.
    pub(super) fn retraction(&self, id: i64, cutoff: &Cutoff) -> Option<Timestamp> {
        let mut retractions = of_statement(self.rare(|rare| &rare.retractions), id, |pair| pair.0);
        let at = retractions.next()?.1;
        let is_known = at <= cutoff.recorded_by && day_of(at) <= cutoff.published_by;
        is_known.then_some(Timestamp(at))
    }

    /// The day from which the statement counts as public: that of its last publication that is recorded at the instant;
    /// without a date, the day it was recorded.
    fn published_day(&self, fact: &PackedFact, recorded_by: i64) -> i32 {
        match self.last_publication(fact, recorded_by) {
            Some(last) => last.day(fact),
            None => fact.published_on,
        }
    }

    /// The last publication after the statement was recorded.
    pub(super) fn last_publication(
        &self,
        fact: &PackedFact,
        recorded_by: i64,
    ) -> Option<&Publication> {
        if !fact.has(PUBLISHED_AGAIN) {
            return None;
        }
        let later = of_statement(self.rare(|rare| &rare.publications), fact.id, |pair| pair.0);
        let later = later.map(|(_, one)| one);
        later
            .take_while(|one| one.recorded_at.0 <= recorded_by)
            .last()
    }

    /// The day from which a statement was public in a source with a date, as recorded at the moment; `None` if only its
    /// recording made it public.
    pub fn dated_publication(&self, fact: &PackedFact, cutoff: &Cutoff) -> Option<NaiveDate> {
        match self.last_publication(fact, cutoff.recorded_by) {
            Some(last) => last.on,
            None if fact.has(WITHOUT_PUBLICATION) => None,
            None => NaiveDate::from_num_days_from_ce_opt(fact.published_on),
        }
    }

    /// As [`History::dated_publication`], of a statement and as known now.
    pub fn newest_publication(&self, id: i64) -> Option<NaiveDate> {
        self.dated_publication(self.find(id)?, &Cutoff::from(&Moment::default()))
    }

    /// The day from which a statement counts as public, as known now; `None` if there is no such statement.
    pub fn published_on(&self, id: i64) -> Option<NaiveDate> {
        let day = self.published_day(self.find(id)?, i64::MAX);
        NaiveDate::from_num_days_from_ce_opt(day)
    }

    /// Adds the days of a fact on an axis: whenever the moment passes one of them, what counts of the fact may change.
    pub(super) fn push_days(&self, axis: Axis, fact: &PackedFact, days: &mut Vec<i32>) {
        let added = self.rare(|rare| &rare.publications);
        let added = of_statement(
            if fact.has(PUBLISHED_AGAIN) {
                added
            } else {
                &[]
            },
            fact.id,
            |pair| pair.0,
        );
        let retracted = self.rare(|rare| &rare.retractions);
        let retracted = of_statement(
            if fact.has(RETRACTED) { retracted } else { &[] },
            fact.id,
            |pair| pair.0,
        );
        let retracted = retracted.map(|(_, at)| day_of(*at));
        match axis {
            Axis::Valid if fact.earliest == OPEN_START => days.push(fact.latest),
            Axis::Valid => days.extend([fact.earliest, fact.latest]),
            Axis::Published => {
                days.push(fact.published_on);
                days.extend(added.map(|(_, one)| one.day(fact)));
                days.extend(retracted);
            }
            Axis::Recorded => {
                days.push(day_of(fact.recorded_at));
                days.extend(added.map(|(_, one)| day_of(one.recorded_at.0)));
                days.extend(retracted);
            }
        }
    }

    /// The statements that a statement denies, in ascending order.
    pub(super) fn denied_by(&self, fact: &PackedFact) -> impl Iterator<Item = i64> {
        let all = self.rare(|rare| &rare.contradictions);
        let all = if fact.has(CONTRADICTS) { all } else { &[] };
        of_statement(all, fact.id, |pair| pair.0).map(|pair| pair.1)
    }

    /// The statement that a statement corrects.
    pub fn corrected_by(&self, fact: &PackedFact) -> Option<i64> {
        let all = self.rare(|rare| &rare.corrections);
        let all = if fact.is_correction() { all } else { &[] };
        of_statement(all, fact.id, |pair| pair.0)
            .next()
            .map(|pair| pair.1)
    }

    /// The statements that correct a statement, in ascending order.
    pub(super) fn corrections_of(&self, id: i64) -> impl DoubleEndedIterator<Item = &PackedFact> {
        let all = self.rare(|rare| &rare.corrections).iter();
        all.filter_map(move |pair| (pair.1 == id).then(|| self.find(pair.0))?)
    }

    /// The number of corrections, also retracted ones.
    pub fn count_corrections(&self) -> usize {
        self.rare(|rare| &rare.corrections).len()
    }

    pub(super) fn has_corrections(&self) -> bool {
        !self.rare(|rare| &rare.corrections).is_empty()
    }

    pub(super) fn has_contradictions(&self) -> bool {
        !self.rare(|rare| &rare.contradictions).is_empty()
    }

    fn rare<T>(&self, list: impl FnOnce(&RareFacts) -> &Vec<T>) -> &[T] {
        self.rare.as_deref().map_or(&[], |rare| list(rare))
    }
}

impl Publication {
    /// The day from which its statement counts as public.
    fn day(&self, fact: &PackedFact) -> i32 {
        self.on
            .map_or_else(|| day_of(fact.recorded_at), |on| on.num_days_from_ce())
    }
}
