//! Compact sources of a replay, and the evidence whose day of publication follows from them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{evidence, source, source_publication};

use super::dates::{DateId, Dates};
use super::seq::{Seq, compact};
use crate::error::Result;
use crate::ledger::batch::{Batch, Citation, SourceState};
use crate::model::time::parse_day;

#[derive(Default)]
pub(super) struct Sources {
    /// Ascending.
    rows: Vec<CompactSource>,
    /// Supporting evidence in the order of recording, so also of its statements, except what was added later.
    evidence: Vec<CompactEvidence>,
}

struct CompactSource {
    registered_at: i64,
    number: Seq,
    newest: Seq,
    derived_from: Option<Seq>,
    published_on: Option<DateId>,
    public_on: Option<NaiveDate>,
}

struct CompactEvidence {
    statement: Seq,
    source: Seq,
    /// The last day of the passage, if it has a date of its own.
    own: Option<NaiveDate>,
}

impl Sources {
    /// Stores what a page registered and corrected. `recorded_at` finds the time of an entry of the page.
    pub(super) fn store(
        &mut self,
        rows: &[source::Model],
        moved: &[source_publication::Model],
        recorded_at: impl Fn(i64) -> i64,
        dates: &mut Dates,
    ) -> Result<()> {
        for row in rows {
            let date = row.published_on.as_deref();
            let published_on = date.map(|date| dates.add(date)).transpose()?;
            let derived_from = row.derived_from.map(compact).transpose()?;
            let newest = compact(row.id)?;
            if let Some(found) = self
                .find_mut(row.number())
                .filter(|_| row.version_of.is_some())
            {
                found.newest = newest;
                found.derived_from = derived_from;
                found.published_on = published_on;
                continue;
            }
            self.rows.push(CompactSource {
                registered_at: recorded_at(row.id),
                number: newest,
                newest,
                derived_from,
                published_on,
                public_on: row.public_on.as_deref().and_then(parse_day),
            });
        }
        for row in moved {
            if let Some(found) = self.find_mut(row.source_id) {
                found.public_on = row.public_on.as_deref().and_then(parse_day);
            }
        }
        Ok(())
    }

    pub(super) fn add_evidence(&mut self, rows: &[evidence::Model]) -> Result<()> {
        for row in rows {
            if let Some(Citation { source, own }) = Citation::of(row) {
                self.evidence.push(CompactEvidence {
                    statement: compact(row.statement_id)?,
                    source: compact(source)?,
                    own,
                });
            }
        }
        Ok(())
    }

    /// Adds a source to a batch, if there is one with this number.
    pub(super) fn load(&self, batch: &mut Batch, number: i64, dates: &Dates) {
        if let Some(index) = self.position(number) {
            batch.cache.sources.put(self.rows[index].state(dates));
        }
    }

    /// Adds everything that corrections of sources may move: what derives from the sources, what they derive from, and the
    /// evidence of the statements that rest on any of these, with its sources. Returns these statements.
    pub(super) fn load_corrections(
        &self,
        batch: &mut Batch,
        sources: &BTreeSet<i64>,
        changed: &BTreeSet<i64>,
        dates: &Dates,
    ) -> BTreeSet<i64> {
        let derived = self.list_derived(sources);
        for number in derived.iter().chain(&self.list_originals(sources)) {
            self.load(batch, *number, dates);
        }
        let cites = |one: &&CompactEvidence| {
            one.own.is_none() && derived.contains(&one.source.get().into())
        };
        let citing = self.evidence.iter().filter(cites);
        let mut statements: BTreeSet<i64> = citing.map(|one| one.statement.get().into()).collect();
        statements.extend(changed);
        for one in &self.evidence {
            let statement = one.statement.get().into();
            if statements.contains(&statement) {
                let source = one.source.get().into();
                if batch.cache.sources.find(source).is_none() {
                    self.load(batch, source, dates);
                }
                batch.put_citation(
                    statement,
                    Citation {
                        source,
                        own: one.own,
                    },
                );
            }
        }
        statements
    }

    /// The statements that rest on moved sources, with the earliest day of their evidence now.
    pub(super) fn list_days(
        &self,
        moved: &[source_publication::Model],
    ) -> Vec<(i64, Option<NaiveDate>)> {
        if moved.is_empty() {
            return Vec::new();
        }
        let moved: BTreeSet<i64> = moved.iter().map(|row| row.source_id).collect();
        let rests =
            |one: &&CompactEvidence| one.own.is_none() && moved.contains(&one.source.get().into());
        let statements = self.evidence.iter().filter(rests);
        let statements: BTreeSet<i64> = statements.map(|one| one.statement.get().into()).collect();
        let mut days: BTreeMap<i64, Option<NaiveDate>> =
            statements.iter().map(|id| (*id, None)).collect();
        for one in &self.evidence {
            if let Some(day) = days.get_mut(&one.statement.get().into()) {
                let on = one.own.or_else(|| {
                    let index = self.position(one.source.get().into())?;
                    self.rows[index].public_on
                });
                *day = (*day).into_iter().chain(on).min();
            }
        }
        days.into_iter().collect()
    }

    /// The sources, and all that derive from them.
    fn list_derived(&self, sources: &BTreeSet<i64>) -> BTreeSet<i64> {
        let mut by_original: HashMap<Seq, Vec<Seq>> = HashMap::new();
        for row in &self.rows {
            if let Some(original) = row.derived_from {
                by_original.entry(original).or_default().push(row.number);
            }
        }
        let mut all = sources.clone();
        let mut next: Vec<i64> = sources.iter().copied().collect();
        while let Some(number) = next.pop() {
            let derived = compact(number).ok();
            let derived = derived.and_then(|number| by_original.get(&number));
            for number in derived.into_iter().flatten() {
                let number = number.get().into();
                if all.insert(number) {
                    next.push(number);
                }
            }
        }
        all
    }

    /// What the sources derive from, and so on.
    fn list_originals(&self, sources: &BTreeSet<i64>) -> BTreeSet<i64> {
        let mut all = BTreeSet::new();
        for number in sources {
            let mut next = Some(*number);
            while let Some(number) = next.filter(|number| all.insert(*number)) {
                let row = self.position(number).map(|index| &self.rows[index]);
                next = row.and_then(|row| Some(row.derived_from?.get().into()));
            }
        }
        all
    }

    fn position(&self, number: i64) -> Option<usize> {
        let number = compact(number).ok()?;
        let found = self.rows.binary_search_by_key(&number, |row| row.number);
        found.ok()
    }

    fn find_mut(&mut self, number: i64) -> Option<&mut CompactSource> {
        let index = self.position(number)?;
        Some(&mut self.rows[index])
    }
}

impl CompactSource {
    /// Without the texts that no later entry needs.
    fn state(&self, dates: &Dates) -> SourceState {
        let (number, newest) = (self.number.get().into(), self.newest.get().into());
        let public_on = self.public_on.map(|day| day.to_string());
        SourceState {
            newest: source::Model {
                id: newest,
                version_of: (newest != number).then_some(number),
                published_on: self.published_on.map(|id| dates.date(id).text.to_string()),
                public_on: public_on.clone(),
                derived_from: self.derived_from.map(|id| id.get().into()),
                kind: String::new(),
                publisher: String::new(),
                title: String::new(),
                url: None,
                language: None,
                publisher_folded: String::new(),
                title_folded: String::new(),
                corrects: None,
                correction_reason: None,
            },
            registered_at: self.registered_at,
            public_on,
        }
    }
}
