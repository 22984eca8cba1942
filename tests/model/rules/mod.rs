//! The rules of the README once more, as plainly as they can be said: a list of entries, and everything else is
//! reckoned from it anew at every question. Nothing here is the service's own code.

pub mod change;
pub mod position;
pub mod said;
pub mod write;

use chrono::NaiveDate;

use crate::date::Date;
use change::Change;

/// Everything that was recorded; entry `n` stands at `n - 1`.
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
}

/// What is recorded. Others are named by the number of their entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Title, summary or reason.
    pub words: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Initiative {
        slug: String,
        requesting: &'static str,
    },
    Source {
        published: Option<Date>,
        original: Option<i64>,
    },
    Statement(Claim),
    Correction {
        of: i64,
        claim: Claim,
    },
    Retraction {
        of: i64,
    },
    Evidence {
        of: i64,
        evidence: Vec<Evidence>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub subject: Subject,
    pub body: Body,
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub source: i64,
    pub relation: &'static str,
}

/// The three clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    pub valid_on: Option<NaiveDate>,
    pub published_by: Option<NaiveDate>,
    pub recorded_by: Option<i64>,
}

impl Ledger {
    pub fn head(&self) -> i64 {
        i64::try_from(self.entries.len()).expect("it fits into memory")
    }

    pub fn find(&self, seq: i64) -> Option<&Entry> {
        let place = usize::try_from(seq).ok()?.checked_sub(1)?;
        self.entries.get(place)
    }

    pub fn numbered(&self) -> impl Iterator<Item = (i64, &Entry)> {
        (1..).zip(&self.entries)
    }

    /// Its statements, corrections among them.
    pub fn claims(&self) -> impl Iterator<Item = (i64, &Claim)> {
        self.numbered()
            .filter_map(|(seq, entry)| Some((seq, entry.content.what.claim()?)))
    }

    pub fn claim(&self, seq: i64) -> Option<&Claim> {
        self.find(seq)?.content.what.claim()
    }

    /// Number, slug and requesting state of each.
    pub fn initiatives(&self) -> impl Iterator<Item = (i64, &str, &'static str)> {
        self.numbered()
            .filter_map(|(seq, entry)| match &entry.content.what {
                What::Initiative { slug, requesting } => Some((seq, slug.as_str(), *requesting)),
                _ => None,
            })
    }

    pub fn slug(&self, initiative: i64) -> &str {
        let mut all = self.initiatives();
        let found = all.find(|(seq, _, _)| *seq == initiative);
        found.expect("only those that are open are named").1
    }

    pub fn sources(&self) -> impl Iterator<Item = i64> {
        let is_source = |entry: &Entry| matches!(entry.content.what, What::Source { .. });
        self.numbered()
            .filter_map(move |(seq, entry)| is_source(entry).then_some(seq))
    }

    /// Initiative and requested state of each that somebody has spoken of, in the order of speaking.
    pub fn relationships(&self) -> Vec<(i64, &'static str)> {
        let mut found = Vec::new();
        for (_, claim) in self.claims() {
            if let Subject::Relationship(initiative, state) = claim.subject
                && !found.contains(&(initiative, state))
            {
                found.push((initiative, state));
            }
        }
        found
    }
}

impl What {
    pub fn claim(&self) -> Option<&Claim> {
        match self {
            Self::Statement(claim) | Self::Correction { claim, .. } => Some(claim),
            Self::Initiative { .. }
            | Self::Source { .. }
            | Self::Retraction { .. }
            | Self::Evidence { .. } => None,
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Initiative { .. } => "INITIATIVE_OPENED",
            Self::Source { .. } => "SOURCE_REGISTERED",
            Self::Statement(_) => "STATEMENT_RECORDED",
            Self::Correction { .. } => "STATEMENT_CORRECTED",
            Self::Retraction { .. } => "STATEMENT_RETRACTED",
            Self::Evidence { .. } => "EVIDENCE_ADDED",
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
        }
    }

    pub fn stance(self) -> Option<&'static str> {
        match self {
            Self::Stance(stance) => Some(stance),
            _ => None,
        }
    }
}
