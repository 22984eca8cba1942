//! What the statements about a relationship add up to at a moment: a pure fold, with no I/O.
//!
//! In four steps: which statements are *visible* at the moment; which of the stances among them have *begun*; the
//! *fold* of those in the order of the world; and what disputes the result. Every function takes the whole history
//! of one relationship, in the order of recording, and gives the same answer for the same input, for ever.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{moment::Moment, stance::Stance, time::Instant};

/// What the fold needs to know of one statement. Histories hold them in ascending `id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The seq of the ledger entry that recorded the statement.
    pub id: i64,
    /// `None` for statements of other kinds; they take part in disputes only.
    pub stance: Option<Stance>,
    /// EDTF text of when the claim began to hold.
    pub valid_from: String,
    /// `None` is an open start.
    pub earliest: Option<NaiveDate>,
    /// Never after the day of recording.
    pub latest: NaiveDate,
    pub recorded_at: Instant,
    /// One per supporting piece of evidence whose source has a date.
    pub publications: Vec<Publication>,
    pub corrects: Option<i64>,
    pub retracted_at: Option<Instant>,
    pub contradicts: Vec<i64>,
}

/// When evidence became known to us, and the last day on which it can have become public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    pub recorded_at: Instant,
    pub on: NaiveDate,
}

/// Where the requested state stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub stance: Stance,
    /// EDTF text of when the unbroken run of this stance began.
    pub since: Option<String>,
    /// Whether no other stance may already have begun.
    pub certain: bool,
    pub disputed: bool,
    /// The statement it rests on.
    pub basis: Option<i64>,
    /// (denying, denied) statements, in the order of recording.
    pub rivals: Vec<(i64, i64)>,
}

/// A run of one stance in the order of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub stance: Stance,
    /// EDTF text.
    pub from: String,
    /// EDTF text of where the next run begins; `None` for the last.
    pub to: Option<String>,
    pub basis: i64,
}

impl Fact {
    /// The day from which the statement counts as public: the earliest publication among its supporting sources
    /// known at the moment; without any, the day it was recorded.
    pub fn published_on(&self, moment: &Moment) -> NaiveDate {
        let known = self
            .publications
            .iter()
            .filter(|publication| moment.has_recorded(publication.recorded_at));
        known
            .map(|publication| publication.on)
            .min()
            .unwrap_or_else(|| self.recorded_at.day())
    }

    /// Recorded and public at the moment, and not taken back.
    fn is_present(&self, moment: &Moment) -> bool {
        moment.has_recorded(self.recorded_at)
            && moment.has_published(self.published_on(moment))
            && !self
                .retracted_at
                .is_some_and(|at| moment.has_recorded(at) && moment.has_published(at.day()))
    }

    fn certainly_began_after(&self, other: &Self) -> bool {
        self.earliest
            .is_some_and(|earliest| earliest > other.latest)
    }
}

/// The statements that stand at the moment: present, and with nothing present in the chain of their corrections.
///
/// A correction that is itself corrected goes on replacing what it replaced; one that is retracted does not. (Only a
/// standing statement can be retracted: the ledger refuses the rest.)
pub fn visible<'h>(history: &'h [Fact], moment: &Moment) -> Vec<&'h Fact> {
    let mut replaced = BTreeSet::new();
    let mut standing = Vec::new();
    for fact in history.iter().rev() {
        let is_present = fact.is_present(moment);
        let is_replaced = replaced.contains(&fact.id);
        if let Some(corrected) = fact.corrects
            && (is_present || is_replaced)
        {
            replaced.insert(corrected);
        }
        if is_present && !is_replaced {
            standing.push(fact);
        }
    }
    standing.reverse();
    standing
}

/// The position at a moment.
pub fn position(history: &[Fact], moment: &Moment) -> Position {
    let visible = visible(history, moment);
    let winners = winners(&visible, moment);
    let winner = winners.last().copied();
    let rivals = rivals(&visible, winner, moment);
    Position {
        stance: winner.map_or(Stance::Unknown, |(_, stance)| stance),
        since: winner.and_then(|(_, stance)| {
            let run = winners
                .iter()
                .rev()
                .take_while(|(_, other)| *other == stance);
            run.last().map(|(first, _)| first.valid_from.clone())
        }),
        certain: !visible
            .iter()
            .any(|fact| may_have_begun(fact, winner, moment)),
        disputed: !rivals.is_empty(),
        basis: winner.map(|(fact, _)| fact.id),
        rivals,
    }
}

/// The runs of stances in the order of the world, as known at the moment; empty where nothing has begun.
pub fn timeline(history: &[Fact], moment: &Moment) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for (fact, stance) in winners(&visible(history, moment), moment) {
        match periods.last_mut() {
            Some(last) if last.stance == stance => {}
            previous => {
                if let Some(previous) = previous {
                    previous.to = Some(fact.valid_from.clone());
                }
                let from = fact.valid_from.clone();
                periods.push(Period {
                    stance,
                    from,
                    to: None,
                    basis: fact.id,
                });
            }
        }
    }
    periods
}

/// Every statement that once won the fold, with its stance, in the order of the world; the last is the winner.
fn winners<'h>(visible: &[&'h Fact], moment: &Moment) -> Vec<(&'h Fact, Stance)> {
    let mut begun: Vec<(&Fact, Stance)> = visible
        .iter()
        .filter(|fact| moment.has_begun(Some(fact.latest)))
        .filter_map(|fact| fact.stance.map(|stance| (*fact, stance)))
        .collect();
    // Of two with the same bounds, the one further along comes first and the other is passed over, so that the run of
    // a stance does not depend on which of them was recorded first.
    begun.sort_by_key(|(fact, stance)| {
        (fact.latest, fact.earliest, Reverse(stance.rank()), fact.id)
    });
    let mut winners: Vec<(&Fact, Stance)> = Vec::new();
    for next in begun {
        if winners.last().is_none_or(|winner| replaces(next, *winner)) {
            winners.push(next);
        }
    }
    winners
}

fn replaces(
    (next, next_stance): (&Fact, Stance),
    (winner, winner_stance): (&Fact, Stance),
) -> bool {
    let same_bounds = (next.earliest, next.latest) == (winner.earliest, winner.latest);
    next.certainly_began_after(winner)
        || next_stance.rank() > winner_stance.rank()
        || (same_bounds && next_stance.rank() == winner_stance.rank())
}

/// Whether another stance than the winner's may have begun, but need not.
fn may_have_begun(fact: &Fact, winner: Option<(&Fact, Stance)>, moment: &Moment) -> bool {
    let differs = fact
        .stance
        .is_some_and(|stance| winner.is_none_or(|(_, winning)| stance != winning));
    differs && moment.has_begun(fact.earliest) && !moment.has_begun(Some(fact.latest))
}

/// Contradictions between statements that both stand, unless the world has moved on: the winner certainly began
/// after both.
fn rivals(visible: &[&Fact], winner: Option<(&Fact, Stance)>, moment: &Moment) -> Vec<(i64, i64)> {
    let by_id: BTreeMap<i64, &Fact> = visible.iter().map(|fact| (fact.id, *fact)).collect();
    let begun = visible
        .iter()
        .filter(|fact| moment.has_begun(fact.earliest));
    let pairs = begun.flat_map(|fact| {
        let denied = fact.contradicts.iter().filter_map(|id| by_id.get(id));
        denied.map(move |denied| (*fact, *denied))
    });
    let settled = |fact: &Fact, denied: &Fact| {
        winner.is_some_and(|(winner, _)| {
            winner.certainly_began_after(fact) && winner.certainly_began_after(denied)
        })
    };
    pairs
        .filter(|(fact, denied)| !settled(fact, denied))
        .map(|(fact, denied)| (fact.id, denied.id))
        .collect()
}

#[cfg(test)]
mod histories;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod seed_data;
#[cfg(test)]
mod tests;
