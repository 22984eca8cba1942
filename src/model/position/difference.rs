//! Difference of a relationship's positions at two moments, and what caused it.

use super::Position;
use super::cutoff::Cutoff;
use super::history::History;
use super::packed_fact::PackedFact;
use crate::model::moment::Moment;
use crate::model::time::Timestamp;

/// Why a position differs from the one at an earlier moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A statement became known.
    Event,
    /// A statement became known that corrects another one, or a correction of a source by which a statement was not public yet.
    Correction,
    /// A retraction became known.
    Retraction,
    /// Nothing that matters became known: only the day moved for which the position is asked.
    Clock,
}

/// Two positions that differ; `None` without a valid statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub from: Option<Position>,
    pub to: Option<Position>,
    pub cause: Cause,
    /// The statements that became known and decide the difference, ascending.
    pub recorded: Vec<i64>,
    /// When the retractions that decide it were recorded, ascending.
    pub retracted: Vec<Timestamp>,
    /// When evidence or corrections of sources were recorded that moved the day of publication of statements which decide it,
    /// ascending.
    pub moved: Vec<Timestamp>,
}

/// What became known between two moments.
#[derive(Default)]
struct Known {
    recorded: Vec<i64>,
    retracted: Vec<Timestamp>,
    moved: Vec<Timestamp>,
    /// Whether a statement is not public any more.
    has_withdrawn: bool,
}

impl History {
    /// What became different between two moments, of which the second is not earlier on any axis; `None` if stance, `since`,
    /// `certain` and `disputed` are equal.
    pub fn difference(&self, from: &Moment, to: &Moment) -> Option<Difference> {
        let (from, to) = (Cutoff::from(from), Cutoff::from(to));
        let (before, after) = (self.find_position(&from), self.find_position(&to));
        let key = |position: &Option<Position>| {
            let position = position.as_ref();
            position.map(|one| (one.stance, one.since, one.certain, one.disputed))
        };
        if key(&before) == key(&after) {
            return None;
        }
        let mut decisive = [before.as_ref(), after.as_ref()].map(decisive_ids).concat();
        decisive.sort_unstable();
        decisive.dedup();
        if decisive.is_empty() {
            // Only the certainty differs, or the first or last statement, which gives no stance.
            let facts = self.facts.iter();
            decisive.extend(facts.map(|fact| fact.id));
        }
        let known = self.became_known(&decisive, &from, &to);
        let is_correction = |id: &i64| self.find(*id).is_some_and(PackedFact::is_correction);
        let cause = if known.has_withdrawn || known.recorded.iter().any(is_correction) {
            Cause::Correction
        } else if !known.recorded.is_empty() {
            Cause::Event
        } else if !known.retracted.is_empty() {
            Cause::Retraction
        } else {
            Cause::Clock
        };
        Some(Difference {
            from: before,
            to: after,
            cause,
            recorded: known.recorded,
            retracted: known.retracted,
            moved: known.moved,
        })
    }

    /// Of some statements: those that became valid, with the corrections of those that were replaced, and the instants at which
    /// those that are valid no more were retracted, or the day of publication of any was moved.
    fn became_known(&self, ids: &[i64], from: &Cutoff, to: &Cutoff) -> Known {
        let valid =
            |cutoff| -> Vec<i64> { self.visible(cutoff).iter().map(|fact| fact.id).collect() };
        let (before, after) = (valid(from), valid(to));
        let contains = |valid: &[i64], id: i64| valid.binary_search(&id).is_ok();
        let Known {
            mut recorded,
            mut retracted,
            mut moved,
            mut has_withdrawn,
        } = Known::default();
        for id in ids {
            match (contains(&before, *id), contains(&after, *id)) {
                (false, true) => {
                    recorded.push(*id);
                    moved.extend(self.moved_at(*id, from, to));
                }
                (true, false) => match (self.retraction(*id, to), self.replacement(*id, to)) {
                    (Some(at), _) => retracted.push(at),
                    (None, Some(by)) => recorded.push(by),
                    (None, None) => {
                        let at = self.moved_at(*id, from, to);
                        has_withdrawn |= at.is_some();
                        moved.extend(at);
                    }
                },
                // A retracted correction brings its original back.
                _ => {}
            }
        }
        let restored = recorded.clone();
        for id in restored {
            let corrections = self.corrections_of(id);
            let corrections = corrections.filter(|fact| contains(&before, fact.id));
            retracted.extend(corrections.filter_map(|fact| self.retraction(fact.id, to)));
        }
        recorded.retain(|id| !self.was_known(*id, from));
        recorded.sort_unstable();
        recorded.dedup();
        retracted.sort_unstable();
        retracted.dedup();
        moved.sort_unstable();
        moved.dedup();
        Known {
            recorded,
            retracted,
            moved,
            has_withdrawn,
        }
    }

    /// When the day of publication of a statement was moved after the first moment to where it is at the second.
    fn moved_at(&self, id: i64, from: &Cutoff, to: &Cutoff) -> Option<Timestamp> {
        let fact = self
            .find(id)
            .filter(|fact| fact.recorded_at <= from.recorded_by)?;
        let last = self.last_publication(fact, to.recorded_by)?;
        (last.recorded_at.0 > from.recorded_by).then_some(last.recorded_at)
    }

    fn was_known(&self, id: i64, cutoff: &Cutoff) -> bool {
        self.find(id)
            .is_some_and(|fact| self.is_present(fact, cutoff))
    }

    /// The statement that replaces another one at a moment.
    fn replacement(&self, id: i64, cutoff: &Cutoff) -> Option<i64> {
        let corrections = self.corrections_of(id);
        let mut present = corrections.filter(|fact| self.is_present(fact, cutoff));
        present.next_back().map(|fact| fact.id)
    }
}

/// The statements that a position rests on.
fn decisive_ids(position: Option<&Position>) -> Vec<i64> {
    let Some(position) = position else {
        return Vec::new();
    };
    let rivals = position.rivals.iter();
    let rivals = rivals.flat_map(|(denying, denied)| [*denying, *denied]);
    position.basis.into_iter().chain(rivals).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::histories::{histories, moments};
    use super::*;

    /// The later of two moments on each axis.
    fn later(one: Moment, other: Moment) -> Moment {
        fn max<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
            one.zip(other).map(|(one, other)| one.max(other))
        }
        Moment {
            valid_on: max(one.valid_on, other.valid_on),
            published_by: max(one.published_by, other.published_by),
            recorded_by: max(one.recorded_by, other.recorded_by),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn a_difference_leads_from_the_first_position_to_the_second(
            history in histories(),
            from in moments(),
            other in moments(),
        ) {
            let history = History::from_facts(&history).unwrap();
            let to = later(from, other);
            let at = |moment: &Moment| history.find_position(&Cutoff::from(moment));
            let key = |moment: &Moment| at(moment).map(|one| (one.stance, one.since, one.certain, one.disputed));
            let Some(difference) = history.difference(&from, &to) else {
                prop_assert_eq!(key(&from), key(&to));
                return Ok(());
            };
            prop_assert_eq!(&difference.from, &at(&from));
            prop_assert_eq!(&difference.to, &at(&to));
            let was_valid = |id| history.visible(&Cutoff::from(&from)).iter().any(|fact| fact.id == id);
            prop_assert!(!difference.recorded.iter().any(|id| was_valid(*id)));
            if from.published_by == to.published_by && from.recorded_by == to.recorded_by {
                prop_assert_eq!(difference.cause, Cause::Clock);
                prop_assert!(difference.recorded.is_empty() && difference.retracted.is_empty());
                prop_assert!(difference.moved.is_empty());
            }
        }
    }
}
