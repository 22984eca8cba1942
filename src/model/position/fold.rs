//! The fold: four steps from a history and a moment to a position.
//!
//! Select the statements that are *visible* at the moment; keep the stances that have *started*; *fold* them
//! chronologically; determine what disputes the result.

use std::cmp::Reverse;

use smallvec::SmallVec;

use super::cutoff::Cutoff;
use super::history::History;
use super::packed_fact::{KEEPS_DISPUTES, OPEN_START, PackedFact, of_statement};
use super::{Period, Position};
use crate::model::moment::Moment;
use crate::model::stance::Stance;

/// Statements in ascending order of id. Most histories need no allocation.
type Facts<'h> = SmallVec<[&'h PackedFact; 24]>;
/// Statements with their stances, chronologically.
type Stances<'h> = SmallVec<[(&'h PackedFact, Stance); 24]>;

impl History {
    /// The statements that are valid at a moment, in ascending order: present, and with no present statement in the chain of
    /// their corrections.
    pub fn visible(&self, cutoff: &Cutoff) -> Vec<&PackedFact> {
        self.visible_facts(cutoff).into_vec()
    }

    /// The position at a moment.
    pub fn position(&self, moment: &Moment) -> Position {
        self.find_position(&Cutoff::from(moment))
            .unwrap_or(Position::UNKNOWN)
    }

    /// The position at a moment, if any statement is valid then.
    pub fn find_position(&self, cutoff: &Cutoff) -> Option<Position> {
        if let Ok(position) = self.position_in_one_pass(cutoff) {
            return position;
        }
        let visible = self.visible_facts(cutoff);
        if visible.is_empty() {
            return None;
        }
        let winners = winners(&visible, cutoff);
        let winner = winners.last().copied();
        let rivals = if self.has_contradictions() {
            self.rivals(&visible, winner, cutoff)
        } else {
            Vec::new()
        };
        Some(Position {
            stance: winner.map_or(Stance::Unknown, |(_, stance)| stance),
            since: winner.and_then(|(_, stance)| {
                let run = winners.iter().rev();
                let run = run.take_while(|(_, other)| *other == stance);
                run.last().map(|(first, _)| first.valid_from)
            }),
            certain: !visible
                .iter()
                .any(|fact| may_have_started(fact, winner, cutoff)),
            disputed: !rivals.is_empty(),
            basis: winner.map(|(fact, _)| fact.id),
            rivals,
        })
    }

    /// The runs of stances, chronologically, as known at the moment; empty if no stance has started.
    pub fn timeline(&self, moment: &Moment) -> Vec<Period> {
        let cutoff = Cutoff::from(moment);
        let mut periods: Vec<Period> = Vec::new();
        for (fact, stance) in winners(&self.visible_facts(&cutoff), &cutoff) {
            match periods.last_mut() {
                Some(last) if last.stance == stance => {}
                previous => {
                    if let Some(previous) = previous {
                        previous.to = Some(fact.valid_from);
                    }
                    periods.push(Period {
                        stance,
                        from: fact.valid_from,
                        to: None,
                        basis: fact.id,
                    });
                }
            }
        }
        periods
    }

    /// A correction that is itself corrected still replaces its original; one that is retracted does not. (Only a valid
    /// statement can be retracted: the ledger rejects the rest.)
    fn visible_facts(&self, cutoff: &Cutoff) -> Facts<'_> {
        let mut visible = Facts::new();
        let mut replaced = Bits::new(self.len());
        for (index, fact) in self.facts.iter().enumerate().rev() {
            let is_present = self.is_present(fact, cutoff);
            let is_replaced = fact.is_corrected() && replaced.contains(index);
            if (is_present || is_replaced)
                && let Some(corrected) = self.corrected_by(fact)
                && let Ok(corrected) = self.index_of(corrected)
            {
                replaced.insert(corrected);
            }
            if is_present && !is_replaced {
                visible.push(fact);
            }
        }
        visible.reverse();
        visible
    }

    /// A statement and the earlier ones whose disputes are its own: it corrects the first of them, which corrects the next.
    fn disputed_as<'h>(&'h self, fact: &'h PackedFact) -> impl Iterator<Item = &'h PackedFact> {
        std::iter::successors(Some(fact), |fact| {
            let keeps = fact.has(KEEPS_DISPUTES);
            let corrected = keeps.then(|| self.corrected_by(fact)).flatten()?;
            // A correction is recorded after what it corrects, so this ends.
            self.find(corrected).filter(|earlier| earlier.id < fact.id)
        })
    }

    /// Contradictions between two valid statements, or statements whose disputes they keep, unless they are superseded: the
    /// winner certainly started after both.
    fn rivals(
        &self,
        visible: &[&PackedFact],
        winner: Option<(&PackedFact, Stance)>,
        cutoff: &Cutoff,
    ) -> Vec<(i64, i64)> {
        let is_superseded = |fact: &PackedFact, denied: &PackedFact| {
            winner.is_some_and(|(winner, _)| {
                certainly_started_after(winner, fact) && certainly_started_after(winner, denied)
            })
        };
        // Each with the valid statement that keeps its disputes.
        let mut holders: SmallVec<[(i64, &PackedFact); 24]> = SmallVec::new();
        for fact in visible {
            holders.extend(self.disputed_as(fact).map(|one| (one.id, *fact)));
        }
        holders.sort_unstable_by_key(|(id, holder)| (*id, holder.id));
        let started = visible
            .iter()
            .filter(|fact| fact.earliest <= cutoff.valid_on);
        let pairs = started.flat_map(|fact| {
            let denied = self.disputed_as(fact).flat_map(|one| self.denied_by(one));
            let denied = denied.flat_map(|id| of_statement(&holders, id, |pair| pair.0));
            denied.map(move |(_, denied)| (*fact, *denied))
        });
        let mut rivals: Vec<(i64, i64)> = pairs
            .filter(|(fact, denied)| fact.id != denied.id && !is_superseded(fact, denied))
            .map(|(fact, denied)| (fact.id, denied.id))
            .collect();
        rivals.sort_unstable();
        rivals.dedup();
        rivals
    }
}

/// Every statement that won the fold at some point, with its stance, chronologically; the last is the winner.
fn winners<'h>(visible: &[&'h PackedFact], cutoff: &Cutoff) -> Stances<'h> {
    let started = visible.iter().filter(|fact| fact.latest <= cutoff.valid_on);
    let mut started: Stances<'h> = started
        .filter_map(|fact| fact.stance.map(|stance| (*fact, stance)))
        .collect();
    started.sort_unstable_by_key(|(fact, stance)| fold_order(fact, *stance));
    let mut winners = Stances::new();
    for next in started {
        if winners.last().is_none_or(|winner| replaces(next, *winner)) {
            winners.push(next);
        }
    }
    winners
}

/// The chronological order. Of two with the same bounds, the higher rank comes first and the other is skipped, so that the run
/// of a stance does not depend on which of them was recorded first.
pub(super) fn fold_order(fact: &PackedFact, stance: Stance) -> (i32, i32, Reverse<u8>, i64) {
    (fact.latest, fact.earliest, Reverse(stance.rank()), fact.id)
}

/// Whether the next stance in this order wins over the winner so far.
pub(super) fn replaces(
    (next, next_stance): (&PackedFact, Stance),
    (winner, winner_stance): (&PackedFact, Stance),
) -> bool {
    let same_bounds = (next.earliest, next.latest) == (winner.earliest, winner.latest);
    certainly_started_after(next, winner)
        || next_stance.rank() > winner_stance.rank()
        || (same_bounds && next_stance.rank() == winner_stance.rank())
}

fn certainly_started_after(fact: &PackedFact, other: &PackedFact) -> bool {
    fact.earliest != OPEN_START && fact.earliest > other.latest
}

/// Whether a stance other than the winner's may, but need not, have started.
fn may_have_started(
    fact: &PackedFact,
    winner: Option<(&PackedFact, Stance)>,
    cutoff: &Cutoff,
) -> bool {
    let differs = fact
        .stance
        .is_some_and(|stance| winner.is_none_or(|(_, winning)| stance != winning));
    differs && fact.earliest <= cutoff.valid_on && fact.latest > cutoff.valid_on
}

/// A set of indexes.
struct Bits(SmallVec<[u64; 4]>);

impl Bits {
    fn new(length: usize) -> Self {
        Self(SmallVec::from_elem(0, length.div_ceil(64)))
    }

    fn insert(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    fn contains(&self, index: usize) -> bool {
        self.0[index / 64] & (1 << (index % 64)) != 0
    }
}
