//! Revision of published stance changes: the statement that each one rested on, and the change that a correction or
//! retraction takes back.
//!
//! Both follow from the history alone: it is folded as it was recorded at the instant of the change. Recorded times of
//! entries differ, so an instant identifies an entry.

use super::cutoff::Cutoff;
use super::history::History;
use crate::model::moment::Moment;
use crate::model::stance::Stance;
use crate::model::time::Timestamp;

/// A stance change of the relationship that the history is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedChange {
    /// The ledger entry that caused it.
    pub seq: i64,
    pub recorded_at: Timestamp,
    pub to: Stance,
}

/// The statement that the new stance rested on just after the change; `None` for UNKNOWN.
pub fn basis_after(history: &History, change: &PublishedChange) -> Option<i64> {
    history.position(&at(change.recorded_at)).basis
}

/// The seq of the change that a later one takes back. `revised` is the statement that the later one corrects or retracts;
/// `earlier` are the changes before it, ascending by seq.
///
/// It is the latest change that rested on the revised statement. Without one it is the last change, if that rested on a
/// statement that was taken back before, so that only the revised statement still upheld the stance.
pub fn revised_change(
    history: &History,
    earlier: &[PublishedChange],
    change: &PublishedChange,
    revised: i64,
) -> Option<i64> {
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
            retracted_at: None,
            contradicts: Vec::new(),
            kind: None,
            claimant: None,
        }
    }

    fn history(facts: &[Fact]) -> History {
        History::from_facts(facts).unwrap()
    }

    fn change(seq: i64, to: Stance) -> PublishedChange {
        PublishedChange {
            seq,
            recorded_at: Timestamp(seq * 10),
            to,
        }
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
        let changes = [change(1, Refused), change(2, Agreed), change(3, Refused)];
        let bases = changes.map(|change| basis_after(&history, &change));
        assert_eq!(bases, [Some(1), Some(2), Some(1)]);
        assert_eq!(
            revised_change(&history, &changes[..2], &changes[2], 2),
            Some(2)
        );
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
            change(3, Refused),
            change(4, Unknown),
        ];
        assert_eq!(basis_after(&history, &changes[3]), None);
        assert_eq!(
            revised_change(&history, &changes[..3], &changes[3], 1),
            Some(3)
        );
    }

    #[test]
    fn a_stance_that_a_second_statement_upheld_is_taken_back_with_it() {
        let history = history(&[
            retracted(fact(1, Refused, "2025-01-01"), 3),
            retracted(fact(2, Refused, "2025-02-01"), 4),
        ]);
        let changes = [change(1, Refused), change(4, Unknown)];
        assert_eq!(
            revised_change(&history, &changes[..1], &changes[1], 2),
            Some(1)
        );
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
        let changes = [change(1, Refused), change(3, Agreed)];
        assert_eq!(
            revised_change(&history, &changes[..1], &changes[1], 2),
            None
        );
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
        let changes = [change(1, Refused), change(3, Agreed)];
        assert_eq!(
            revised_change(&history, &changes[..1], &changes[1], 2),
            None
        );
    }
}
