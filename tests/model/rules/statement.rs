//! Statements with what became of them, and which of them can be seen at a moment.

use chrono::NaiveDate;

use super::{Claim, Evidence, Ledger, Moment, Subject, What};
use crate::date::day_of;

#[derive(Debug)]
pub struct Said<'l> {
    pub seq: i64,
    pub recorded_at: i64,
    pub claim: &'l Claim,
    pub corrects: Option<i64>,
    pub retracted_at: Option<i64>,
    pub retraction_reason: Option<&'l str>,
    /// Each piece with when it was recorded.
    pub evidence: Vec<(i64, Evidence)>,
    /// When the ledger learned of a supporting source that has a date, and the day on which it was public.
    public: Vec<(i64, NaiveDate)>,
}

impl Ledger {
    /// All that was ever said of a subject, in the order of recording.
    pub fn said(&self, subject: &Subject) -> Vec<Said<'_>> {
        let claims = self.claims();
        let own = claims.filter(|(_, claim)| claim.subject == *subject);
        let mut said: Vec<Said<'_>> = own.map(|(seq, claim)| self.begin(seq, claim)).collect();
        for (_, entry) in self.numbered() {
            let at = entry.recorded_at;
            match &entry.content.what {
                What::Retraction { of } => {
                    for one in said.iter_mut().filter(|one| one.seq == *of) {
                        one.retracted_at = Some(at);
                        one.retraction_reason = Some(&entry.content.words);
                    }
                }
                What::Evidence { of, evidence } => {
                    for one in said.iter_mut().filter(|one| one.seq == *of) {
                        self.support(one, at, evidence);
                    }
                }
                What::Initiative { .. }
                | What::Source { .. }
                | What::Statement(_)
                | What::Correction { .. } => {}
            }
        }
        said
    }

    fn begin<'l>(&'l self, seq: i64, claim: &'l Claim) -> Said<'l> {
        let entry = self.find(seq).expect("it was numbered");
        let corrects = match entry.content.what {
            What::Correction { of, .. } => Some(of),
            _ => None,
        };
        let mut said = Said {
            seq,
            recorded_at: entry.recorded_at,
            claim,
            corrects,
            retracted_at: None,
            retraction_reason: None,
            evidence: Vec::new(),
            public: Vec::new(),
        };
        self.support(&mut said, entry.recorded_at, &claim.evidence);
        said
    }

    fn support(&self, said: &mut Said<'_>, at: i64, evidence: &[Evidence]) {
        said.evidence.extend(evidence.iter().map(|one| (at, *one)));
        let supporting = evidence.iter().filter(|one| one.relation == "SUPPORTS");
        let days = supporting.filter_map(|one| self.public_on(one.source));
        said.public.extend(days.map(|day| (at, day)));
    }

    /// The last day on which a source, or an original that it derives from, can have been published.
    fn public_on(&self, source: i64) -> Option<NaiveDate> {
        let entry = self.find(source)?;
        let What::Source {
            published,
            original,
        } = &entry.content.what
        else {
            return None;
        };
        let own = published
            .as_ref()
            .map(|date| date.last(day_of(entry.recorded_at)));
        let older = original.and_then(|original| self.public_on(original));
        own.into_iter().chain(older).min()
    }
}

impl Said<'_> {
    /// The last day on which it can have begun.
    pub fn latest(&self) -> NaiveDate {
        self.claim.from.last(day_of(self.recorded_at))
    }

    pub fn public_on(&self, at: &Moment) -> NaiveDate {
        let known = self.public.iter().filter(|(learned, _)| at.holds(*learned));
        let first = known.map(|(_, day)| *day).min();
        first.unwrap_or_else(|| day_of(self.recorded_at))
    }

    fn is_present(&self, at: &Moment) -> bool {
        let is_taken_back = self
            .retracted_at
            .is_some_and(|retracted| at.holds(retracted) && at.knows(day_of(retracted)));
        at.holds(self.recorded_at) && at.knows(self.public_on(at)) && !is_taken_back
    }

    pub fn certainly_began_after(&self, other: &Self) -> bool {
        let first = self.claim.from.first;
        first.is_some_and(|first| first > other.latest())
    }
}

/// Whether something takes its place: a correction that is there, or one that was itself corrected by such.
fn is_replaced(all: &[Said<'_>], seq: i64, at: &Moment) -> bool {
    all.iter()
        .filter(|other| other.corrects == Some(seq))
        .any(|other| other.is_present(at) || is_replaced(all, other.seq, at))
}

/// Those that stand at a moment.
pub fn visible<'s, 'l>(all: &'s [Said<'l>], at: &Moment) -> Vec<&'s Said<'l>> {
    all.iter()
        .filter(|one| one.is_present(at) && !is_replaced(all, one.seq, at))
        .collect()
}

/// The correction that stands in its place now.
pub fn corrected_by(all: &[Said<'_>], seq: i64) -> Option<i64> {
    let mut corrections = all.iter().filter(|other| other.corrects == Some(seq));
    let found = corrections.find(|other| other.retracted_at.is_none());
    found.map(|other| other.seq)
}

impl Moment {
    /// Whether the ledger held then what it recorded at an instant.
    fn holds(&self, recorded_at: i64) -> bool {
        self.recorded_by.is_none_or(|limit| recorded_at <= limit)
    }

    fn knows(&self, public_on: NaiveDate) -> bool {
        self.published_by.is_none_or(|limit| public_on <= limit)
    }

    /// Whether what began on a day had begun.
    pub fn has_reached(&self, day: Option<NaiveDate>) -> bool {
        let reached = |day| self.valid_on.is_none_or(|limit| day <= limit);
        day.is_none_or(reached)
    }
}
