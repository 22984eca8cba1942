//! A statement in a history: 40 bytes, and a list for what few statements have.

use chrono::Datelike;

use super::Fact;
use super::publication::Publication;
use crate::model::edtf::{EdtfError, PackedDate};
use crate::model::stance::Stance;
use crate::model::statement::{ClaimantKind, StatementKind};

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
    pub(super) published_on: i32,
    pub(super) stance: Option<Stance>,
    pub kind: Option<StatementKind>,
    pub claimant: Option<ClaimantKind>,
    pub(super) flags: u8,
}

/// Each by the id of its statement, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RareFacts {
    pub(super) retractions: Vec<(i64, i64)>,
    /// Those after the statement was recorded: by evidence that was added, or by a corrected source.
    pub(super) publications: Vec<(i64, Publication)>,
    pub(super) contradictions: Vec<(i64, i64)>,
    /// With the statements that they correct.
    pub(super) corrections: Vec<(i64, i64)>,
}

/// An open start.
pub(super) const OPEN_START: i32 = i32::MIN;

pub(super) const RETRACTED: u8 = 1;
/// Its day of publication was changed after it was recorded.
pub(super) const PUBLISHED_AGAIN: u8 = 1 << 1;
pub(super) const CONTRADICTS: u8 = 1 << 2;
/// A later statement corrects it.
pub(super) const CORRECTED: u8 = 1 << 3;
/// No evidence with a date was recorded with it.
pub(super) const WITHOUT_PUBLICATION: u8 = 1 << 4;
/// It corrects an earlier statement.
pub(super) const CORRECTS: u8 = 1 << 5;
/// The disputes of the statement that it corrects are its own.
pub(super) const KEEPS_DISPUTES: u8 = 1 << 6;

impl PackedFact {
    pub(super) fn new(fact: &Fact) -> Result<Self, EdtfError> {
        let is_initial = |publication: &&Publication| publication.recorded_at <= fact.recorded_at;
        let initial = fact.publications.iter().rfind(is_initial);
        let published_on = initial.and_then(|publication| publication.on);
        let mut flags = 0;
        if published_on.is_none() {
            flags |= WITHOUT_PUBLICATION;
        }
        if fact.keeps_disputes {
            flags |= KEEPS_DISPUTES;
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

    pub(super) fn has(&self, flag: u8) -> bool {
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

/// Inserts an item into a list that is sorted by `key`, unless there is one with the same key.
pub(super) fn insert_sorted<T, K: Ord>(list: &mut Vec<T>, item: T, key: impl Fn(&T) -> K) {
    if let Err(index) = list.binary_search_by_key(&key(&item), key) {
        list.reserve_exact(1);
        list.insert(index, item);
    }
}

/// The items of one statement in a list that is sorted by statement.
pub(super) fn of_statement<T>(list: &[T], id: i64, key: fn(&T) -> i64) -> impl Iterator<Item = &T> {
    let start = list.partition_point(|item| key(item) < id);
    list[start..].iter().take_while(move |item| key(item) == id)
}
