//! Revision of published stance changes: the statement that each one rested on, the change that a correction or
//! retraction takes back, and the one that takes it back.
//!
//! Both follow from the history alone: it is folded as it was recorded at the instant of the change. Recorded times of
//! entries differ, so an instant identifies an entry.

use super::cutoff::Cutoff;
use super::history::History;
use crate::model::moment::Moment;
use crate::model::stance::{ChangeKind, Stance};
use crate::model::time::Timestamp;

/// A stance change of the relationship that the history is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedChange {
    /// The ledger entry that caused it.
    pub seq: i64,
    pub recorded_at: Timestamp,
    pub to: Stance,
    pub kind: ChangeKind,
    /// The statement that was recorded, corrected or retracted.
    pub statement: i64,
}

/// The statement that the new stance rested on just after the change; `None` for UNKNOWN.
pub fn basis_after(history: &History, change: &PublishedChange) -> Option<i64> {
    history.position(&at(change.recorded_at)).basis
}

/// The statement that a change corrects or retracts; `None` for an event.
fn revised_statement(history: &History, change: &PublishedChange) -> Option<i64> {
    match change.kind {
        ChangeKind::Event => None,
        ChangeKind::Correction => history.corrected_by(history.find(change.statement)?),
        ChangeKind::Retraction => Some(change.statement),
    }
}

/// The seq of the change that a later one takes back; `earlier` are the changes before it, ascending by seq.
///
/// It is the latest change that rested on the revised statement. Without one it is the last change, if that rested on a
/// statement that was taken back before, so that only the revised statement still upheld the stance.
pub fn revised_change(
    history: &History,
    earlier: &[PublishedChange],
    change: &PublishedChange,
) -> Option<i64> {
    let revised = revised_statement(history, change)?;
    let stance = history.find(revised)?.stance()?;
    let announced = earlier
        .iter()
        .rev()
        .take_while(|other| other.seq >= revised)
        .filter(|other| other.to == stance)
        .find(|other| basis_after(history, other) == Some(revised));
    let upheld = || {
        let last = earlier.last()?;
        let last_basis = basis_after(history, last)?;
        let before = at(Timestamp(change.recorded_at.0 - 1)); // entries are at least a microsecond apart
        let rested_on_revised = history.position(&before).basis == Some(revised);
        let is_valid = |id| {
            let valid = history.visible(&Cutoff::from(&at(change.recorded_at)));
            valid.iter().any(|fact| fact.id == id)
        };
        (rested_on_revised && !is_valid(last_basis)).then_some(last)
    };
    announced.or_else(upheld).map(|other| other.seq)
}

/// The seq of the latest change that takes back the one with `seq`. `changes` are all of the relationship, ascending by seq.
pub fn revising_change(history: &History, changes: &[PublishedChange], seq: i64) -> Option<i64> {
    let index = changes
        .binary_search_by_key(&seq, |change| change.seq)
        .ok()?;
    let basis = basis_after(history, &changes[index])?;
    // Only a change that revises the basis can take this one back, or the next one, and only these are folded.
    let (next, later) = (index + 1, changes.iter().enumerate().skip(index + 1));
    let mut candidates = later.rev().filter(|(other, change)| {
        *other == next || revised_statement(history, change) == Some(basis)
    });
    let found = candidates
        .find(|(other, change)| revised_change(history, &changes[..*other], change) == Some(seq));
    found.map(|(_, change)| change.seq)
}

fn at(instant: Timestamp) -> Moment {
    Moment {
        recorded_by: Some(instant),
        ..Moment::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fact;
    use super::*;
    use crate::model::stance::Stance::{Agreed, Named, Refused, Unknown};
    use crate::model::time::parse_day;

    fn fact(id: i64, stance: Stance, day: &str) -> Fact {
        let day = parse_day(day).unwrap();
        Fact {
            id,
            stance: Some(stance),
            valid_from: day.to_string(),
            earliest: Some(day),
            latest: day,
            recorded_at: Timestamp(id * 10),
            publications: Vec::new(),
            corrects: None,
            keeps_disputes: false,
            retracted_at: None,
            contradicts: Vec::new(),
            kind: None,
            claimant: None,
        }
    }

    fn history(facts: &[Fact]) -> History {
        History::from_facts(facts).unwrap()
    }

    /// A change by the statement that its entry recorded.
    fn change(seq: i64, to: Stance) -> PublishedChange {
        PublishedChange {
            seq,
            recorded_at: Timestamp(seq * 10),
            to,
            kind: ChangeKind::Event,
            statement: seq,
        }
    }

    fn corrected(seq: i64, to: Stance) -> PublishedChange {
        PublishedChange {
            kind: ChangeKind::Correction,
            ..change(seq, to)
        }
    }

    fn retraction(seq: i64, to: Stance, statement: i64) -> PublishedChange {
        PublishedChange {
            kind: ChangeKind::Retraction,
            statement,
            ..change(seq, to)
        }
    }

    /// What each change takes back, and what takes it back.
    fn revisions(
        history: &History,
        changes: &[PublishedChange],
    ) -> Vec<(Option<i64>, Option<i64>)> {
        let all = changes.iter().enumerate();
        all.map(|(index, change)| {
            (
                revised_change(history, &changes[..index], change),
                revising_change(history, changes, change.seq),
            )
        })
        .collect()
    }

    fn retracted(fact: Fact, by: i64) -> Fact {
        let retracted_at = Some(Timestamp(by * 10));
        Fact {
            retracted_at,
            ..fact
        }
    }

    #[test]
    fn a_retraction_that_brings_back_a_refusal_rests_on_the_refusal() {
        let history = history(&[
            fact(1, Refused, "2025-01-01"),
            retracted(fact(2, Agreed, "2025-02-01"), 3),
        ]);
        let changes = [
            change(1, Refused),
            change(2, Agreed),
            retraction(3, Refused, 2),
        ];
        let bases = changes.map(|change| basis_after(&history, &change));
        assert_eq!(bases, [Some(1), Some(2), Some(1)]);
        let expected = [(None, None), (None, Some(3)), (Some(2), None)];
        assert_eq!(revisions(&history, &changes), expected);
    }

    #[test]
    fn a_retraction_takes_back_the_latest_change_that_rested_on_the_statement() {
        let history = history(&[
            retracted(fact(1, Refused, "2025-01-01"), 4),
            retracted(fact(2, Agreed, "2025-02-01"), 3),
        ]);
        let changes = [
            change(1, Refused),
            change(2, Agreed),
            retraction(3, Refused, 2),
            retraction(4, Unknown, 1),
        ];
        assert_eq!(basis_after(&history, &changes[3]), None);
        let expected = [
            (None, None),
            (None, Some(3)),
            (Some(2), Some(4)),
            (Some(3), None),
        ];
        assert_eq!(revisions(&history, &changes), expected);
    }

    #[test]
    fn a_stance_that_a_second_statement_upheld_is_taken_back_with_it() {
        let history = history(&[
            retracted(fact(1, Refused, "2025-01-01"), 3),
            retracted(fact(2, Refused, "2025-02-01"), 4),
        ]);
        let changes = [change(1, Refused), retraction(4, Unknown, 2)];
        let expected = [(None, Some(4)), (Some(1), None)];
        assert_eq!(revisions(&history, &changes), expected);
    }

    #[test]
    fn a_change_that_still_rests_on_a_valid_statement_is_not_taken_back() {
        let correction = Fact {
            corrects: Some(2),
            ..fact(3, Agreed, "2025-02-01")
        };
        let history = history(&[
            fact(1, Refused, "2025-01-01"),
            fact(2, Refused, "2025-02-01"),
            correction,
        ]);
        let changes = [change(1, Refused), corrected(3, Agreed)];
        assert_eq!(revisions(&history, &changes), [(None, None); 2]);
    }

    #[test]
    fn a_correction_of_a_statement_that_never_moved_the_stance_takes_nothing_back() {
        let correction = Fact {
            corrects: Some(2),
            ..fact(3, Agreed, "2025-03-01")
        };
        let history = history(&[
            fact(1, Refused, "2025-01-01"),
            fact(2, Named, "2024-01-01"),
            correction,
        ]);
        let changes = [change(1, Refused), corrected(3, Agreed)];
        assert_eq!(revisions(&history, &changes), [(None, None); 2]);
    }
}
