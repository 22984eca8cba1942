//! The rules of positions, written a second time and simply, for tests: over whole facts, with no packed form and no
//! shortcut.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::*;
use crate::model::moment::Moment;

impl Fact {
    /// The day from which the statement counts as public: that of its last publication that is recorded at the moment;
    /// without a date, the day it was recorded.
    fn published_on(&self, moment: &Moment) -> NaiveDate {
        let publications = self
            .publications
            .iter()
            .filter(|publication| moment.has_recorded(publication.recorded_at));
        let last = publications.max_by_key(|publication| publication.recorded_at);
        last.and_then(|publication| publication.on)
            .unwrap_or_else(|| self.recorded_at.day())
    }

    /// Recorded and public at the moment, and not retracted.
    fn is_present(&self, moment: &Moment) -> bool {
        moment.has_recorded(self.recorded_at)
            && moment.has_published(self.published_on(moment))
            && !self
                .retracted_at
                .is_some_and(|at| moment.has_recorded(at) && moment.has_published(at.day()))
    }

    fn certainly_started_after(&self, other: &Self) -> bool {
        self.earliest
            .is_some_and(|earliest| earliest > other.latest)
    }
}

/// The statements that are valid at the moment: present, and with no present statement in the chain of their corrections.
///
/// A correction that is itself corrected still replaces its original; one that is retracted does not. (Only a valid
/// statement can be retracted: the ledger rejects the rest.)
pub(super) fn visible<'h>(history: &'h [Fact], moment: &Moment) -> Vec<&'h Fact> {
    let mut replaced = BTreeSet::new();
    let mut valid = Vec::new();
    for fact in history.iter().rev() {
        let is_present = fact.is_present(moment);
        let is_replaced = replaced.contains(&fact.id);
        if let Some(corrected) = fact.corrects
            && (is_present || is_replaced)
        {
            replaced.insert(corrected);
        }
        if is_present && !is_replaced {
            valid.push(fact);
        }
    }
    valid.reverse();
    valid
}

/// The position at a moment.
pub(super) fn position(history: &[Fact], moment: &Moment) -> Position {
    let visible = visible(history, moment);
    let winners = winners(&visible, moment);
    let winner = winners.last().copied();
    let rivals = rivals(history, &visible, winner, moment);
    Position {
        stance: winner.map_or(Stance::Unknown, |(_, stance)| stance),
        since: winner.and_then(|(_, stance)| {
            let run = winners
                .iter()
                .rev()
                .take_while(|(_, other)| *other == stance);
            run.last().map(|(first, _)| packed(first))
        }),
        certain: !visible
            .iter()
            .any(|fact| may_have_started(fact, winner, moment)),
        disputed: !rivals.is_empty(),
        basis: winner.map(|(fact, _)| fact.id),
        rivals,
    }
}

/// The runs of stances, chronologically, as known at the moment; empty if no stance has started.
pub(super) fn timeline(history: &[Fact], moment: &Moment) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for (fact, stance) in winners(&visible(history, moment), moment) {
        match periods.last_mut() {
            Some(last) if last.stance == stance => {}
            previous => {
                if let Some(previous) = previous {
                    previous.to = Some(packed(fact));
                }
                let from = packed(fact);
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

/// Every statement that won the fold at some point, with its stance, chronologically; the last is the winner.
fn winners<'h>(visible: &[&'h Fact], moment: &Moment) -> Vec<(&'h Fact, Stance)> {
    let mut started: Vec<(&Fact, Stance)> = visible
        .iter()
        .filter(|fact| moment.has_started(Some(fact.latest)))
        .filter_map(|fact| fact.stance.map(|stance| (*fact, stance)))
        .collect();
    // Of two with the same bounds, the higher rank comes first and the other is skipped, so that the run of a stance does
    // not depend on which of them was recorded first.
    started.sort_by_key(|(fact, stance)| {
        (fact.latest, fact.earliest, Reverse(stance.rank()), fact.id)
    });
    let mut winners: Vec<(&Fact, Stance)> = Vec::new();
    for next in started {
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
    next.certainly_started_after(winner)
        || next_stance.rank() > winner_stance.rank()
        || (same_bounds && next_stance.rank() == winner_stance.rank())
}

/// Whether a stance other than the winner's may, but need not, have started.
fn may_have_started(fact: &Fact, winner: Option<(&Fact, Stance)>, moment: &Moment) -> bool {
    let differs = fact
        .stance
        .is_some_and(|stance| winner.is_none_or(|(_, winning)| stance != winning));
    differs && moment.has_started(fact.earliest) && !moment.has_started(Some(fact.latest))
}

/// A statement and the earlier ones whose disputes are its own.
fn disputed_as<'h>(history: &'h [Fact], fact: &'h Fact) -> Vec<&'h Fact> {
    let mut all = vec![fact];
    while let Some(last) = all.last().filter(|last| last.keeps_disputes) {
        let corrected = history.iter().find(|one| Some(one.id) == last.corrects);
        let Some(corrected) = corrected else { break };
        all.push(corrected);
    }
    all
}

/// Contradictions between two valid statements, or statements whose disputes they keep, unless they are superseded: the winner
/// certainly started after both.
fn rivals(
    history: &[Fact],
    visible: &[&Fact],
    winner: Option<(&Fact, Stance)>,
    moment: &Moment,
) -> Vec<(i64, i64)> {
    let contradicts = |one: &Fact, other: &Fact| {
        let denied = disputed_as(history, other);
        disputed_as(history, one).iter().any(|denying| {
            let mut denied = denied.iter();
            denied.any(|denied| denying.contradicts.contains(&denied.id))
        })
    };
    let started = visible
        .iter()
        .filter(|fact| moment.has_started(fact.earliest));
    let pairs = started.flat_map(|fact| {
        let denied = visible
            .iter()
            .filter(move |other| other.id != fact.id && contradicts(fact, other));
        denied.map(move |denied| (*fact, *denied))
    });
    let is_superseded = |fact: &Fact, denied: &Fact| {
        winner.is_some_and(|(winner, _)| {
            winner.certainly_started_after(fact) && winner.certainly_started_after(denied)
        })
    };
    pairs
        .filter(|(fact, denied)| !is_superseded(fact, denied))
        .map(|(fact, denied)| (fact.id, denied.id))
        .collect()
}

fn packed(fact: &Fact) -> PackedDate {
    PackedDate::parse(&fact.valid_from).unwrap()
}
