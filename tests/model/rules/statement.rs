//! Statements with their later corrections, retractions and evidence, and which of them are valid at a moment.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Action, Claim, Evidence, Ledger, Moment, Subject};
use crate::date::day_of;

#[derive(Debug)]
pub struct StatementState<'l> {
    pub seq: i64,
    pub recorded_at: i64,
    pub claim: &'l Claim,
    pub corrects: Option<i64>,
    pub keeps_disputes: bool,
    pub retracted_at: Option<i64>,
    pub retraction_reason: Option<&'l str>,
    /// Each piece of evidence with its recording time.
    pub evidence: Vec<(i64, Evidence)>,
    /// For each supporting source, by its index in the evidence: from when on which day is the one on which it was public.
    public: Vec<(i64, usize, Option<NaiveDate>)>,
}

impl Ledger {
    /// All statements about a subject, by recording.
    pub fn statements_about(&self, subject: &Subject) -> Vec<StatementState<'_>> {
        let claims = self.claims();
        let own = claims.filter(|(_, claim)| claim.subject == *subject);
        let mut statements: Vec<StatementState<'_>> =
            own.map(|(seq, claim)| self.new_state(seq, claim)).collect();
        for (seq, entry) in self.numbered() {
            let at = entry.recorded_at;
            match &entry.content.action {
                Action::Retraction { of } => {
                    for statement in statements
                        .iter_mut()
                        .filter(|statement| statement.seq == *of)
                    {
                        statement.retracted_at = Some(at);
                        statement.retraction_reason = Some(&entry.content.text);
                    }
                }
                Action::Evidence { of, evidence } => {
                    for statement in statements
                        .iter_mut()
                        .filter(|statement| statement.seq == *of)
                    {
                        self.add_evidence(statement, (seq, at), evidence);
                    }
                }
                Action::SourceCorrection { .. } => {
                    for statement in statements.iter_mut().filter(|one| one.seq < seq) {
                        self.move_evidence(statement, (seq, at));
                    }
                }
                Action::Initiative { .. }
                | Action::Source { .. }
                | Action::Review { .. }
                | Action::Statement(_)
                | Action::Correction { .. } => {}
            }
        }
        statements
    }

    fn new_state<'l>(&'l self, seq: i64, claim: &'l Claim) -> StatementState<'l> {
        let entry = self.entry(seq).expect("the entry exists");
        let (corrects, keeps_disputes) = match entry.content.action {
            Action::Correction {
                of, keeps_disputes, ..
            } => (Some(of), keeps_disputes),
            _ => (None, false),
        };
        let mut statement = StatementState {
            seq,
            recorded_at: entry.recorded_at,
            claim,
            corrects,
            keeps_disputes,
            retracted_at: None,
            retraction_reason: None,
            evidence: Vec::new(),
            public: Vec::new(),
        };
        self.add_evidence(&mut statement, (seq, entry.recorded_at), &claim.evidence);
        statement
    }

    /// Adds evidence of an entry with this number and time.
    fn add_evidence(
        &self,
        statement: &mut StatementState<'_>,
        (seq, at): (i64, i64),
        evidence: &[Evidence],
    ) {
        let recorded_on = day_of(at);
        for piece in evidence {
            let index = statement.evidence.len();
            statement.evidence.push((at, *piece));
            if piece.relation == "SUPPORTS" {
                let day = match piece.published {
                    Some(day) => Some(day.min(recorded_on)),
                    None => self.public_on(piece.source, seq),
                };
                statement.public.push((at, index, day));
            }
        }
    }

    /// Determines the days of undated evidence again, after a correction of any source.
    fn move_evidence(&self, statement: &mut StatementState<'_>, (seq, at): (i64, i64)) {
        for (index, (_, piece)) in statement.evidence.iter().enumerate() {
            if piece.relation == "SUPPORTS" && piece.published.is_none() {
                let day = self.public_on(piece.source, seq);
                statement.public.push((at, index, day));
            }
        }
    }
}

impl StatementState<'_> {
    /// The last day on which it can have begun.
    pub fn latest(&self) -> NaiveDate {
        self.claim.from.last(day_of(self.recorded_at))
    }

    pub fn public_on(&self, at: &Moment) -> NaiveDate {
        let recorded = self
            .public
            .iter()
            .filter(|(recorded_at, _, _)| at.includes_recorded(*recorded_at));
        // The last one of each piece counts.
        let days: BTreeMap<usize, Option<NaiveDate>> =
            recorded.map(|(_, index, day)| (*index, *day)).collect();
        let first = days.into_values().flatten().min();
        first.unwrap_or_else(|| day_of(self.recorded_at))
    }

    fn is_present(&self, at: &Moment) -> bool {
        let is_retracted = self.retracted_at.is_some_and(|retracted| {
            at.includes_recorded(retracted) && at.includes_published(day_of(retracted))
        });
        at.includes_recorded(self.recorded_at)
            && at.includes_published(self.public_on(at))
            && !is_retracted
    }

    pub fn certainly_began_after(&self, other: &Self) -> bool {
        let first = self.claim.from.first;
        first.is_some_and(|first| first > other.latest())
    }
}

/// Whether it is replaced: by a correction that is present, or by a correction of that one.
fn is_replaced(all: &[StatementState<'_>], seq: i64, at: &Moment) -> bool {
    all.iter()
        .filter(|other| other.corrects == Some(seq))
        .any(|other| other.is_present(at) || is_replaced(all, other.seq, at))
}

/// The statements that are valid at a moment.
pub fn visible<'s, 'l>(all: &'s [StatementState<'l>], at: &Moment) -> Vec<&'s StatementState<'l>> {
    all.iter()
        .filter(|statement| statement.is_present(at) && !is_replaced(all, statement.seq, at))
        .collect()
}

/// Whether one statement denies another: itself, or one whose disputes it keeps.
pub fn denies(
    all: &[StatementState<'_>],
    one: &StatementState<'_>,
    other: &StatementState<'_>,
) -> bool {
    let predecessor = |statement: &StatementState<'_>| {
        let corrected = statement.corrects.filter(|_| statement.keeps_disputes);
        all.iter().find(|earlier| Some(earlier.seq) == corrected)
    };
    one.seq != other.seq
        && (one.claim.contradicts.contains(&other.seq)
            || predecessor(one).is_some_and(|earlier| denies(all, earlier, other))
            || predecessor(other).is_some_and(|earlier| denies(all, one, earlier)))
}

/// The correction that replaces it now.
pub fn corrected_by(all: &[StatementState<'_>], seq: i64) -> Option<i64> {
    let mut corrections = all.iter().filter(|other| other.corrects == Some(seq));
    let correction = corrections.find(|other| other.retracted_at.is_none());
    correction.map(|other| other.seq)
}

impl Moment {
    /// Whether something recorded at an instant is in the ledger at this moment.
    fn includes_recorded(&self, recorded_at: i64) -> bool {
        self.recorded_by.is_none_or(|limit| recorded_at <= limit)
    }

    fn includes_published(&self, public_on: NaiveDate) -> bool {
        self.published_by.is_none_or(|limit| public_on <= limit)
    }

    /// Whether something that started on a day has started at this moment.
    pub fn has_reached(&self, day: Option<NaiveDate>) -> bool {
        let has_started = |day| self.valid_on.is_none_or(|limit| day <= limit);
        day.is_none_or(has_started)
    }
}
