//! Where a state stands at a moment, by all that is said.

use super::said::{Said, visible};
use super::{Ledger, Moment, Subject};

#[derive(Debug)]
pub struct Position {
    pub stance: &'static str,
    pub since: Option<String>,
    pub certain: bool,
    pub basis: Option<i64>,
    /// Who denies, and what is denied.
    pub rivals: Vec<(i64, i64)>,
    /// Stance, since when, and the first statement of each run.
    pub runs: Vec<(&'static str, String, i64)>,
    /// Numbers of the statements that stand.
    pub standing: Vec<i64>,
}

/// How far along the path a stance is.
pub fn rank(stance: &str) -> usize {
    let steps: [&[&str]; 8] = [
        &["UNKNOWN"],
        &["NAMED"],
        &["APPROACHED"],
        &["NEGOTIATING"],
        &["AGREED_IN_PRINCIPLE"],
        &["AGREED", "REFUSED"],
        &["IMPLEMENTING"],
        &["SUSPENDED", "ENDED"],
    ];
    let found = steps.iter().position(|step| step.contains(&stance));
    found.expect("all stances are on the path")
}

impl Ledger {
    pub fn position(&self, initiative: i64, state: &'static str, at: &Moment) -> Position {
        let said = self.said(&Subject::Relationship(initiative, state));
        let seen = visible(&said, at);
        let winners = winners(&seen, at);
        let mut runs: Vec<(&'static str, String, i64)> = Vec::new();
        for (one, stance) in &winners {
            if runs.last().is_none_or(|(last, _, _)| last != stance) {
                runs.push((stance, one.claim.from.text.clone(), one.seq));
            }
        }
        let winner = winners.last().copied();
        Position {
            stance: winner.map_or("UNKNOWN", |(_, stance)| stance),
            since: runs.last().map(|(_, since, _)| since.clone()),
            certain: !seen.iter().any(|one| is_open(one, winner, at)),
            basis: winner.map(|(one, _)| one.seq),
            rivals: rivals(&seen, winner, at),
            runs,
            standing: seen.iter().map(|one| one.seq).collect(),
        }
    }
}

type Winner<'s, 'l> = (&'s Said<'l>, &'static str);

/// Each stance that took over from the one before, in the order of the world.
fn winners<'s, 'l>(seen: &[&'s Said<'l>], at: &Moment) -> Vec<Winner<'s, 'l>> {
    let mut waiting: Vec<Winner<'s, 'l>> = Vec::new();
    for one in seen {
        if let Some(stance) = one.claim.body.stance()
            && at.has_reached(Some(one.latest()))
        {
            waiting.push((one, stance));
        }
    }
    let mut winners: Vec<Winner<'s, 'l>> = Vec::new();
    while !waiting.is_empty() {
        let mut first = 0;
        for other in 1..waiting.len() {
            if is_earlier(waiting[other], waiting[first]) {
                first = other;
            }
        }
        let next = waiting.remove(first);
        if winners.last().is_none_or(|last| takes_over(next, *last)) {
            winners.push(next);
        }
    }
    winners
}

/// Last possible day, first possible day; of two with the same dates the one further along, then the earlier recorded.
fn is_earlier((one, stance): Winner<'_, '_>, (other, other_stance): Winner<'_, '_>) -> bool {
    let dates = |said: &Said<'_>| (said.latest(), said.claim.from.first);
    if dates(one) != dates(other) {
        return dates(one) < dates(other);
    }
    if rank(stance) != rank(other_stance) {
        return rank(stance) > rank(other_stance);
    }
    one.seq < other.seq
}

fn takes_over((next, stance): Winner<'_, '_>, (last, last_stance): Winner<'_, '_>) -> bool {
    let dates = |said: &Said<'_>| (said.claim.from.first, said.latest());
    let is_rewording = dates(next) == dates(last) && rank(stance) == rank(last_stance);
    next.certainly_began_after(last) || rank(stance) > rank(last_stance) || is_rewording
}

/// Whether it may have begun, need not have, and says something else than the winner.
fn is_open(one: &Said<'_>, winner: Option<Winner<'_, '_>>, at: &Moment) -> bool {
    let Some(stance) = one.claim.body.stance() else {
        return false;
    };
    let differs = winner.is_none_or(|(_, winning)| winning != stance);
    differs && at.has_reached(one.claim.from.first) && !at.has_reached(Some(one.latest()))
}

fn rivals(seen: &[&Said<'_>], winner: Option<Winner<'_, '_>>, at: &Moment) -> Vec<(i64, i64)> {
    let moved_on = |one: &Said<'_>| winner.is_some_and(|(won, _)| won.certainly_began_after(one));
    let mut rivals = Vec::new();
    for denying in seen {
        for denied in seen {
            if denying.claim.contradicts.contains(&denied.seq)
                && at.has_reached(denying.claim.from.first)
                && !(moved_on(denying) && moved_on(denied))
            {
                rivals.push((denying.seq, denied.seq));
            }
        }
    }
    rivals
}
