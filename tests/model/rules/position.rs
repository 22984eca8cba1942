//! Position of a state at a moment, computed from all statements.

use super::statement::{StatementState, denies, visible};
use super::{Ledger, Moment, Subject};

#[derive(Debug)]
pub struct Position {
    pub stance: &'static str,
    pub since: Option<String>,
    pub certain: bool,
    pub basis: Option<i64>,
    /// Contradicting and contradicted statement.
    pub rivals: Vec<(i64, i64)>,
    /// Stance, start date and first statement of each period.
    pub periods: Vec<(&'static str, String, i64)>,
    /// Numbers of the valid statements.
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
    let rank = steps.iter().position(|step| step.contains(&stance));
    rank.expect("every stance is on the path")
}

impl Ledger {
    pub fn position(&self, initiative: i64, state: &'static str, at: &Moment) -> Position {
        let statements = self.statements_about(&Subject::Relationship(initiative, state));
        let valid = visible(&statements, at);
        let winners = winners(&valid, at);
        let mut periods: Vec<(&'static str, String, i64)> = Vec::new();
        for (statement, stance) in &winners {
            if periods.last().is_none_or(|(last, _, _)| last != stance) {
                periods.push((stance, statement.claim.from.text.clone(), statement.seq));
            }
        }
        let winner = winners.last().copied();
        Position {
            stance: winner.map_or("UNKNOWN", |(_, stance)| stance),
            since: periods.last().map(|(_, since, _)| since.clone()),
            certain: !valid.iter().any(|statement| is_open(statement, winner, at)),
            basis: winner.map(|(statement, _)| statement.seq),
            rivals: rivals(&statements, &valid, winner, at),
            periods,
            standing: valid.iter().map(|statement| statement.seq).collect(),
        }
    }
}

type Winner<'s, 'l> = (&'s StatementState<'l>, &'static str);

/// Each stance that superseded the one before, in chronological order.
fn winners<'s, 'l>(valid: &[&'s StatementState<'l>], at: &Moment) -> Vec<Winner<'s, 'l>> {
    let mut candidates: Vec<Winner<'s, 'l>> = Vec::new();
    for statement in valid {
        if let Some(stance) = statement.claim.body.stance()
            && at.has_reached(Some(statement.latest()))
        {
            candidates.push((statement, stance));
        }
    }
    let mut winners: Vec<Winner<'s, 'l>> = Vec::new();
    while !candidates.is_empty() {
        let mut first = 0;
        for other in 1..candidates.len() {
            if is_earlier(candidates[other], candidates[first]) {
                first = other;
            }
        }
        let candidate = candidates.remove(first);
        if winners
            .last()
            .is_none_or(|last| supersedes(candidate, *last))
        {
            winners.push(candidate);
        }
    }
    winners
}

/// By last possible day, then first possible day; with equal dates the stance further along is first, then the earlier
/// recorded.
fn is_earlier((statement, stance): Winner<'_, '_>, (other, other_stance): Winner<'_, '_>) -> bool {
    let dates = |statement: &StatementState<'_>| (statement.latest(), statement.claim.from.first);
    if dates(statement) != dates(other) {
        return dates(statement) < dates(other);
    }
    if rank(stance) != rank(other_stance) {
        return rank(stance) > rank(other_stance);
    }
    statement.seq < other.seq
}

fn supersedes((candidate, stance): Winner<'_, '_>, (last, last_stance): Winner<'_, '_>) -> bool {
    let dates = |statement: &StatementState<'_>| (statement.claim.from.first, statement.latest());
    let is_rewording = dates(candidate) == dates(last) && rank(stance) == rank(last_stance);
    candidate.certainly_began_after(last) || rank(stance) > rank(last_stance) || is_rewording
}

/// Whether a different stance may have begun, but not certainly.
fn is_open(statement: &StatementState<'_>, winner: Option<Winner<'_, '_>>, at: &Moment) -> bool {
    let Some(stance) = statement.claim.body.stance() else {
        return false;
    };
    let differs = winner.is_none_or(|(_, winning)| winning != stance);
    differs
        && at.has_reached(statement.claim.from.first)
        && !at.has_reached(Some(statement.latest()))
}

fn rivals(
    all: &[StatementState<'_>],
    valid: &[&StatementState<'_>],
    winner: Option<Winner<'_, '_>>,
    at: &Moment,
) -> Vec<(i64, i64)> {
    let is_superseded = |statement: &StatementState<'_>| {
        winner
            .is_some_and(|(winner_statement, _)| winner_statement.certainly_began_after(statement))
    };
    let mut rivals = Vec::new();
    for contradicting in valid {
        for contradicted in valid {
            if denies(all, contradicting, contradicted)
                && at.has_reached(contradicting.claim.from.first)
                && !(is_superseded(contradicting) && is_superseded(contradicted))
            {
                rivals.push((contradicting.seq, contradicted.seq));
            }
        }
    }
    rivals
}
