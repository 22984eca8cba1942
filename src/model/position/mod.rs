//! Position of a relationship at a moment: a pure fold over its statements, with no I/O.
//!
//! Invariant: the same history and moment give the same result in every release.

mod as_recorded;
pub mod chain;
pub mod cutoff;
pub mod difference;
pub mod dispute;
mod fold;
pub mod history;
pub mod moves;
mod one_pass;
pub mod packed_fact;
pub mod periods;
pub mod publication;
pub mod revision;
pub mod steps;

use chrono::NaiveDate;

use super::edtf::PackedDate;
use super::statement::{ClaimantKind, StatementKind};
use super::{stance::Stance, time::Timestamp};
use publication::Publication;

/// The facts about one statement that the fold needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The seq of the ledger entry that recorded the statement.
    pub id: i64,
    /// `None` for statements of other kinds; they only take part in disputes.
    pub stance: Option<Stance>,
    /// EDTF text of when the claim started to apply.
    pub valid_from: String,
    /// `None` is an open start.
    pub earliest: Option<NaiveDate>,
    /// Never after the day of recording.
    pub latest: NaiveDate,
    pub recorded_at: Timestamp,
    /// In the order of recording.
    pub publications: Vec<Publication>,
    pub corrects: Option<i64>,
    /// Whether the disputes of the statement that it corrects are its own.
    pub keeps_disputes: bool,
    pub retracted_at: Option<Timestamp>,
    pub contradicts: Vec<i64>,
    /// `None` for a kind of a newer version; so is the next.
    pub kind: Option<StatementKind>,
    pub claimant: Option<ClaimantKind>,
}

/// The position of the requested state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub stance: Stance,
    /// When the current run of this stance started.
    pub since: Option<PackedDate>,
    /// False if another stance may already have started.
    pub certain: bool,
    pub disputed: bool,
    /// The statement that determines it.
    pub basis: Option<i64>,
    /// (denying, denied) statements, in the order of recording.
    pub rivals: Vec<(i64, i64)>,
}

impl Position {
    /// Without a valid statement.
    pub const UNKNOWN: Self = Self {
        stance: Stance::Unknown,
        since: None,
        certain: true,
        disputed: false,
        basis: None,
        rivals: Vec::new(),
    };
}

/// A run of one stance, chronologically.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub stance: Stance,
    pub from: PackedDate,
    /// Where the next run starts; `None` for the last.
    pub to: Option<PackedDate>,
    pub basis: i64,
}

#[cfg(test)]
mod checked;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod seed_data;
#[cfg(test)]
mod tests;
