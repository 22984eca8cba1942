//! Reference model of the rules in the README, in the simplest form: a list of entries, from which everything else is
//! computed again for every question. It uses no code of the service.

pub mod change;
pub mod position;
pub mod review;
pub mod revision;
pub mod source;
pub mod statement;
pub mod write;

use chrono::NaiveDate;

use crate::date::Date;
use change::{Change, DisputeChange};

/// All entries; entry `n` has index `n - 1`.
#[derive(Debug, Default)]
pub struct Ledger {
    pub entries: Vec<Entry>,
}

#[derive(Debug)]
pub struct Entry {
    pub actor: &'static str,
    pub key: String,
    /// Microseconds since 1970.
    pub recorded_at: i64,
    pub content: Content,
    pub change: Option<Change>,
    pub dispute: Option<DisputeChange>,
    /// The initiative that it is about.
    pub initiative: Option<i64>,
}

/// Content of an entry. It refers to other entries by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Title, summary or reason.
    pub text: String,
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Initiative {
        slug: String,
        requesting: &'static str,
    },
    Source {
        published: Option<Date>,
        original: Option<i64>,
    },
    /// New data of a source, in place of those of an entry.
    SourceCorrection {
        of: i64,
        version: i64,
        published: Option<Date>,
        original: Option<i64>,
    },
    Statement(Claim),
    Correction {
        of: i64,
        keeps_disputes: bool,
        claim: Claim,
    },
    Retraction {
        of: i64,
    },
    Evidence {
        of: i64,
        evidence: Vec<Evidence>,
    },
    /// Of a relationship or, without a state, of the initiative.
    Review {
        initiative: i64,
        state: Option<&'static str>,
        on: Option<NaiveDate>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub subject: Subject,
    pub body: Body,
    /// Category of the claimant.
    pub claimant: &'static str,
    pub from: Date,
    pub evidence: Vec<Evidence>,
    pub contradicts: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Initiative and requested state.
    Relationship(i64, &'static str),
    Country(&'static str),
    Initiative(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Stance(&'static str),
    Agreement,
    Funding,
    Transfer,
    Legal,
    Concern,
    Pressure,
    Denial,
    Count,
    Return,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub source: i64,
    pub relation: &'static str,
    /// The day on which the cited passage became public, if it has one of its own.
    pub published: Option<NaiveDate>,
}

/// A point in time on the three time axes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    pub valid_on: Option<NaiveDate>,
    pub published_by: Option<NaiveDate>,
    pub recorded_by: Option<i64>,
}

impl Ledger {
    pub fn head(&self) -> i64 {
        i64::try_from(self.entries.len()).expect("the ledger fits into memory")
    }

    pub fn entry(&self, seq: i64) -> Option<&Entry> {
        let index = usize::try_from(seq).ok()?.checked_sub(1)?;
        self.entries.get(index)
    }

    pub fn numbered(&self) -> impl Iterator<Item = (i64, &Entry)> {
        (1..).zip(&self.entries)
    }

    /// All statements, including corrections.
    pub fn claims(&self) -> impl Iterator<Item = (i64, &Claim)> {
        self.numbered()
            .filter_map(|(seq, entry)| Some((seq, entry.content.action.claim()?)))
    }

    pub fn claim(&self, seq: i64) -> Option<&Claim> {
        self.entry(seq)?.content.action.claim()
    }

    /// Number, slug and requesting state of each.
    pub fn initiatives(&self) -> impl Iterator<Item = (i64, &str, &'static str)> {
        self.numbered()
            .filter_map(|(seq, entry)| match &entry.content.action {
                Action::Initiative { slug, requesting } => Some((seq, slug.as_str(), *requesting)),
                _ => None,
            })
    }

    pub fn slug(&self, initiative: i64) -> &str {
        let mut all = self.initiatives();
        let initiative = all.find(|(seq, _, _)| *seq == initiative);
        initiative.expect("the initiative exists").1
    }

    pub fn sources(&self) -> impl Iterator<Item = i64> {
        let is_source = |entry: &Entry| matches!(entry.content.action, Action::Source { .. });
        self.numbered()
            .filter_map(move |(seq, entry)| is_source(entry).then_some(seq))
    }

    /// Initiative and requested state of each relationship with a statement, by first statement.
    pub fn relationships(&self) -> Vec<(i64, &'static str)> {
        let mut relationships = Vec::new();
        for (_, claim) in self.claims() {
            if let Subject::Relationship(initiative, state) = claim.subject
                && !relationships.contains(&(initiative, state))
            {
                relationships.push((initiative, state));
            }
        }
        relationships
    }
}

impl Action {
    pub fn claim(&self) -> Option<&Claim> {
        match self {
            Self::Statement(claim) | Self::Correction { claim, .. } => Some(claim),
            Self::Initiative { .. }
            | Self::Source { .. }
            | Self::SourceCorrection { .. }
            | Self::Retraction { .. }
            | Self::Evidence { .. }
            | Self::Review { .. } => None,
        }
    }

    /// The statement that it records or changes, as entry `seq`.
    pub fn changed_statement(&self, seq: i64) -> Option<i64> {
        match self {
            Self::Statement(_) | Self::Correction { .. } => Some(seq),
            Self::Retraction { of } | Self::Evidence { of, .. } => Some(*of),
            Self::Initiative { .. }
            | Self::Source { .. }
            | Self::SourceCorrection { .. }
            | Self::Review { .. } => None,
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Initiative { .. } => "INITIATIVE_OPENED",
            Self::Source { .. } => "SOURCE_REGISTERED",
            Self::SourceCorrection { .. } => "SOURCE_CORRECTED",
            Self::Statement(_) => "STATEMENT_RECORDED",
            Self::Correction { .. } => "STATEMENT_CORRECTED",
            Self::Retraction { .. } => "STATEMENT_RETRACTED",
            Self::Evidence { .. } => "EVIDENCE_ADDED",
            Self::Review { .. } => "REVIEW_RECORDED",
        }
    }
}

impl Body {
    pub fn kind(self) -> &'static str {
        match self {
            Self::Stance(_) => "STANCE",
            Self::Agreement => "AGREEMENT",
            Self::Funding => "FUNDING",
            Self::Transfer => "TRANSFER",
            Self::Legal => "LEGAL",
            Self::Concern => "CONCERN",
            Self::Pressure => "PRESSURE",
            Self::Denial => "DENIAL",
            Self::Count => "COUNT",
            Self::Return => "RETURN",
        }
    }

    pub fn stance(self) -> Option<&'static str> {
        match self {
            Self::Stance(stance) => Some(stance),
            _ => None,
        }
    }
}
