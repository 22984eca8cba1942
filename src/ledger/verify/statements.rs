//! Compact statements of a replay: what the fold of positions and later entries need, in 40 bytes each and no text.

use std::num::NonZeroU32;

use chrono::NaiveDate;
use entity::{contradiction, evidence, statement};

use super::dates::{DateId, Dates};
use super::seq::{Seq, compact};
use super::status::{Status, Statuses};
use crate::error::{Error, Result};
use crate::model::position::{Fact, history::History, publication::Publication};
use crate::model::stance::Stance;
use crate::model::statement::EvidenceRelation;
use crate::model::time::{Timestamp, parse_day};

/// Index of a statement, from 1.
pub(super) type Index = NonZeroU32;

#[derive(Default)]
pub(super) struct Statements {
    rows: Vec<CompactStatement>,
    /// (statement, contradicted statement), ascending.
    contradictions: Vec<(Seq, Seq)>,
    pub(super) dates: Dates,
    pub(super) statuses: Statuses,
}

struct CompactStatement {
    recorded_at: i64,
    seq: Seq,
    relationship: Option<Seq>,
    /// The statement before it about the same relationship.
    previous: Option<Index>,
    corrects: Option<Seq>,
    valid_from: DateId,
    /// The earliest publication of the evidence so far.
    public_on: Option<NaiveDate>,
    stance: Option<Stance>,
    keeps_disputes: bool,
}

impl CompactStatement {
    fn initial_status(&self) -> Status {
        let recorded_on = Timestamp(self.recorded_at).day();
        Status::initial(self.public_on.unwrap_or(recorded_on))
    }
}

impl Statements {
    /// Adds the next statement, without its publications, contradictions and status.
    pub(super) fn add(
        &mut self,
        (row, stance): (&statement::Model, Option<Stance>),
        previous: Option<Index>,
    ) -> Result<Index> {
        let seq = compact(row.id)?;
        let statement = CompactStatement {
            recorded_at: row.recorded_at,
            seq,
            relationship: row.relationship_id.map(compact).transpose()?,
            previous,
            corrects: row.corrects.map(compact).transpose()?,
            valid_from: self.dates.add(&row.valid_from)?,
            public_on: None,
            stance,
            keeps_disputes: row.keeps_disputes,
        };
        self.rows.push(statement);
        let index = u32::try_from(self.rows.len()).ok().and_then(Index::new);
        index.ok_or_else(|| Error::internal("too many statements"))
    }

    /// Stores what a batch changed of an earlier statement.
    pub(super) fn change(&mut self, row: &statement::Model) -> Result<()> {
        let after = self.statuses.of_row(row);
        let index = self.position(row.id);
        let index = index.ok_or_else(|| Error::internal("a changed statement is not stored"))?;
        let before = self.status(index);
        self.statuses.change(self.rows[index].seq, before, after);
        Ok(())
    }

    /// Adds the status of a new statement, after its publications; `actual` is the stored one ([`Statuses::add`]).
    pub(super) fn add_status(&mut self, row: &statement::Model, actual: Option<Status>) {
        if let Some(index) = self.position(row.id) {
            let (seq, initial) = (self.rows[index].seq, self.rows[index].initial_status());
            let expected = self.statuses.of_row(row);
            self.statuses.add(seq, initial, expected, actual);
        }
    }

    /// Adds the pairs of new statements, in ascending order.
    pub(super) fn add_contradictions(&mut self, rows: &[contradiction::Model]) -> Result<()> {
        for row in rows {
            let pair = (compact(row.statement_id)?, compact(row.contradicts_id)?);
            self.contradictions.push(pair);
        }
        Ok(())
    }

    /// Adds the publications of new evidence.
    pub(super) fn add_publications(&mut self, rows: &[evidence::Model]) {
        for row in rows {
            let on = row.public_on.as_deref().and_then(parse_day);
            let supports = row.relation == EvidenceRelation::Supports.as_ref();
            if let (true, Some(on), Some(index)) = (supports, on, self.position(row.statement_id)) {
                let public_on = &mut self.rows[index].public_on;
                *public_on = Some(public_on.map_or(on, |earlier| earlier.min(on)));
            }
        }
    }

    /// Sets the earliest publication of the evidence, after a correction of a source.
    pub(super) fn set_publication(&mut self, id: i64, day: Option<NaiveDate>) {
        if let Some(index) = self.position(id) {
            self.rows[index].public_on = day;
        }
    }

    /// The columns of a stored statement that a batch reads or changes; the others are empty.
    pub(super) fn find_row(&self, id: i64) -> Option<statement::Model> {
        let index = self.position(id)?;
        let (statement, status) = (&self.rows[index], self.status(index));
        Some(statement::Model {
            id,
            relationship_id: statement.relationship.map(seq_of),
            corrects: statement.corrects.map(seq_of),
            recorded_at: statement.recorded_at,
            corrected_by: status.corrected_by,
            retracted_at: status.retracted_at,
            published_on: status.published_on.unwrap_or_default().to_string(),
            country_code: None,
            initiative_id: None,
            kind: String::new(),
            body: String::new(),
            claimant_kind: String::new(),
            claimant_label: String::new(),
            valid_from: String::new(),
            earliest: None,
            latest: String::new(),
            summary: String::new(),
            note: None,
            correction_reason: None,
            keeps_disputes: statement.keeps_disputes,
            retraction_reason: None,
        })
    }

    pub(super) fn find_fact(&self, id: i64) -> Option<Fact> {
        self.position(id).map(|index| self.fact(index))
    }

    /// The history of a relationship whose newest statement this is.
    pub(super) fn history(&self, newest: Option<Index>) -> Result<History> {
        let index = |index: Index| index.get() as usize - 1;
        let newest = newest.map(index);
        let chain = std::iter::successors(newest, |at| self.rows[*at].previous.map(index));
        let mut facts: Vec<Fact> = chain.map(|at| self.fact(at)).collect();
        facts.reverse();
        History::from_facts(&facts).map_err(Error::internal)
    }

    fn fact(&self, index: usize) -> Fact {
        let statement = &self.rows[index];
        let date = self.dates.date(statement.valid_from);
        let recorded_at = Timestamp(statement.recorded_at);
        let status = self.statuses.find(statement.seq);
        // Now, the earliest publication is the only one that matters.
        let publication = statement.public_on.map(|on| Publication {
            recorded_at,
            on: Some(on),
        });
        Fact {
            id: seq_of(statement.seq),
            stance: statement.stance,
            valid_from: date.text.to_string(),
            earliest: date.earliest,
            latest: date.latest(recorded_at.day()),
            recorded_at,
            publications: publication.into_iter().collect(),
            corrects: statement.corrects.map(seq_of),
            keeps_disputes: statement.keeps_disputes,
            retracted_at: status.and_then(|status| status.retracted_at).map(Timestamp),
            contradicts: self.contradicted_by(statement.seq),
            // Lists as of a moment filter by them; a position does not depend on them.
            kind: None,
            claimant: None,
        }
    }

    fn contradicted_by(&self, statement: Seq) -> Vec<i64> {
        let start = self
            .contradictions
            .partition_point(|pair| pair.0 < statement);
        let pairs = self.contradictions[start..].iter();
        let pairs = pairs.take_while(|pair| pair.0 == statement);
        pairs.map(|pair| seq_of(pair.1)).collect()
    }

    fn status(&self, index: usize) -> Status {
        let statement = &self.rows[index];
        let changed = self.statuses.find(statement.seq);
        changed.unwrap_or_else(|| statement.initial_status())
    }

    fn position(&self, id: i64) -> Option<usize> {
        let id = compact(id).ok()?;
        let found = self
            .rows
            .binary_search_by_key(&id, |statement| statement.seq);
        found.ok()
    }
}

fn seq_of(seq: Seq) -> i64 {
    seq.get().into()
}
