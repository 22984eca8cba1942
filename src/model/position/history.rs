//! History of a subject in a compact form: 40 bytes a statement, and a list for what few statements have.

use chrono::{Datelike, NaiveDate};

use super::{Fact, Publication};
use crate::model::edtf::{EdtfError, PackedDate};
use crate::model::moment::{Axis, Moment};
use crate::model::stance::Stance;
use crate::model::statement::{ClaimantKind, StatementKind};
use crate::model::time::Timestamp;

/// All facts ever recorded about one subject, in ascending order of id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub(super) facts: Vec<PackedFact>,
    pub(super) rare: Option<Box<RareFacts>>,
}

/// A [`Fact`] without what is rare. Days count from the common era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackedFact {
    pub id: i64,
    pub(super) recorded_at: i64,
    pub(super) valid_from: PackedDate,
    /// [`OPEN_START`] is an open start.
    pub(super) earliest: i32,
    pub(super) latest: i32,
    /// By the evidence that was recorded with it; without any, the day of recording.
    published_on: i32,
    pub(super) stance: Option<Stance>,
    pub kind: Option<StatementKind>,
    pub claimant: Option<ClaimantKind>,
    pub(super) flags: u8,
}

/// Each by the id of its statement, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RareFacts {
    pub(super) retractions: Vec<(i64, i64)>,
    /// Evidence that was added after the statement was recorded.
    pub(super) publications: Vec<(i64, Publication)>,
    pub(super) contradictions: Vec<(i64, i64)>,
    /// With the statements that they correct.
    pub(super) corrections: Vec<(i64, i64)>,
}

/// A moment in the units of packed facts: an absent axis is the largest value.
#[derive(Clone, Copy, Debug)]
pub struct Cutoff {
    pub(super) valid_on: i32,
    published_by: i32,
    recorded_by: i64,
}

pub(super) const OPEN_START: i32 = i32::MIN;
const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;
/// 1970-01-01.
const EPOCH_DAY: i64 = 719_163;

pub(super) const RETRACTED: u8 = 1;
pub(super) const PUBLISHED_AGAIN: u8 = 1 << 1;
const CONTRADICTS: u8 = 1 << 2;
/// A later statement corrects it.
pub(super) const CORRECTED: u8 = 1 << 3;
/// No evidence with a date was recorded with it.
const WITHOUT_PUBLICATION: u8 = 1 << 4;
/// It corrects an earlier statement.
const CORRECTS: u8 = 1 << 5;

impl From<&Moment> for Cutoff {
    fn from(moment: &Moment) -> Self {
        let day = |day: Option<NaiveDate>| day.map_or(i32::MAX, |day| day.num_days_from_ce());
        Self {
            valid_on: day(moment.valid_on),
            published_by: day(moment.published_by),
            recorded_by: moment.recorded_by.map_or(i64::MAX, |at| at.0),
        }
    }
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

    /// Adds evidence that was recorded after the statement.
    pub fn add_publication(&mut self, id: i64, publication: Publication) {
        if self.set_flag(id, PUBLISHED_AGAIN) {
            let rare = self.rare.get_or_insert_default();
            let key = |(id, one): &(i64, Publication)| (*id, one.recorded_at, one.on);
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

    /// The day from which the statement counts as public: the earliest publication among its supporting sources that are
    /// recorded at the instant; without any, the day it was recorded.
    fn published_day(&self, fact: &PackedFact, recorded_by: i64) -> i32 {
        if !fact.has(PUBLISHED_AGAIN) {
            return fact.published_on;
        }
        let added = of_statement(self.rare(|rare| &rare.publications), fact.id, |pair| pair.0);
        let added = added.filter(|(_, one)| one.recorded_at.0 <= recorded_by);
        let added = added.map(|(_, one)| one.on.num_days_from_ce()).min();
        match added {
            Some(day) if fact.has(WITHOUT_PUBLICATION) => day,
            Some(day) => day.min(fact.published_on),
            None => fact.published_on,
        }
    }

    /// The day from which a statement was public in a source with a date, as recorded at the moment; `None` if only its
    /// recording made it public.
    pub fn dated_publication(&self, fact: &PackedFact, cutoff: &Cutoff) -> Option<NaiveDate> {
        let added = of_statement(self.rare(|rare| &rare.publications), fact.id, |pair| pair.0);
        let added = added.filter(|(_, one)| one.recorded_at.0 <= cutoff.recorded_by);
        let added = added.map(|(_, one)| one.on.num_days_from_ce()).min();
        let initial = (!fact.has(WITHOUT_PUBLICATION)).then_some(fact.published_on);
        let day = [initial, added].into_iter().flatten().min()?;
        NaiveDate::from_num_days_from_ce_opt(day)
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
                days.extend(added.map(|(_, one)| one.on.num_days_from_ce()));
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

    pub(super) fn has_contradictions(&self) -> bool {
        !self.rare(|rare| &rare.contradictions).is_empty()
    }

    fn rare<T>(&self, list: impl FnOnce(&RareFacts) -> &Vec<T>) -> &[T] {
        self.rare.as_deref().map_or(&[], |rare| list(rare))
    }
}

impl PackedFact {
    fn new(fact: &Fact) -> Result<Self, EdtfError> {
        let initial = fact.publications.iter();
        let initial = initial.filter(|publication| publication.recorded_at <= fact.recorded_at);
        let published_on = initial.map(|publication| publication.on).min();
        let mut flags = 0;
        if published_on.is_none() {
            flags |= WITHOUT_PUBLICATION;
        }
        let published_on = published_on.unwrap_or_else(|| fact.recorded_at.day());
        Ok(Self {
            id: fact.id,
            recorded_at: fact.recorded_at.0,
            valid_from: PackedDate::parse(&fact.valid_from)?,
            earliest: fact
                .earliest
                .map_or(OPEN_START, |day| day.num_days_from_ce()),
            latest: fact.latest.num_days_from_ce(),
            published_on: published_on.num_days_from_ce(),
            stance: fact.stance,
            kind: fact.kind,
            claimant: fact.claimant,
            flags,
        })
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether it was ever corrected.
    pub fn is_corrected(&self) -> bool {
        self.has(CORRECTED)
    }

    /// Whether it was ever retracted.
    pub fn is_retracted(&self) -> bool {
        self.has(RETRACTED)
    }

    /// Whether it corrects another statement.
    pub(super) fn is_correction(&self) -> bool {
        self.has(CORRECTS)
    }

    pub fn stance(&self) -> Option<Stance> {
        self.stance
    }
}

/// The UTC day that contains an instant.
fn day_of(microseconds: i64) -> i32 {
    let day = EPOCH_DAY + microseconds.div_euclid(MICROSECONDS_PER_DAY);
    i32::try_from(day).unwrap_or(i32::MAX)
}

/// Inserts an item into a list that is sorted by `key`, unless there is one with the same key.
pub(super) fn insert_sorted<T, K: Ord>(list: &mut Vec<T>, item: T, key: impl Fn(&T) -> K) {
    if let Err(index) = list.binary_search_by_key(&key(&item), key) {
        list.reserve_exact(1);
        list.insert(index, item);
    }
}

/// The items of one statement in a list that is sorted by statement.
fn of_statement<T>(list: &[T], id: i64, key: fn(&T) -> i64) -> impl Iterator<Item = &T> {
    let start = list.partition_point(|item| key(item) < id);
    list[start..].iter().take_while(move |item| key(item) == id)
}
