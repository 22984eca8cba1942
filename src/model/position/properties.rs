//! Property tests: rules that hold for every history.

use proptest::{prelude::*, sample::Index};

use super::cutoff::Cutoff;
use super::history::History;
use super::{
    checked::*,
    histories::{LAST_DAY, afternoon, day, histories, moments, noon},
    *,
};
use crate::model::moment::Moment;
use std::collections::BTreeSet;

/// A position in a form that does not depend on which of several equal statements determines it.
#[derive(Debug, PartialEq)]
struct ComparablePosition {
    stance: Stance,
    certain: bool,
    basis: Option<(Option<NaiveDate>, NaiveDate)>,
    rivals: BTreeSet<(i64, i64)>,
}

/// `original` maps the id of a fact to its id before a permutation.
fn comparable_position(history: &[Fact], original: impl Fn(i64) -> i64) -> ComparablePosition {
    let position = position(history, &Moment::default());
    let basis = history.iter().find(|fact| Some(fact.id) == position.basis);
    let rivals = position.rivals.iter();
    ComparablePosition {
        stance: position.stance,
        certain: position.certain,
        basis: basis.map(|fact| (fact.earliest, fact.latest)),
        rivals: rivals
            .map(|(by, of)| (original(*by), original(*of)))
            .collect(),
    }
}

/// The same facts, recorded in another order: `order[old id - 1]` is the new id.
fn reordered(history: &[Fact], order: &[i64]) -> Vec<Fact> {
    let new_id = |old: i64| order[usize::try_from(old - 1).unwrap()];
    let mut reordered: Vec<Fact> = history.to_vec();
    for fact in &mut reordered {
        fact.id = new_id(fact.id);
        fact.recorded_at = noon(9 + fact.id.unsigned_abs());
        fact.contradicts.iter_mut().for_each(|id| *id = new_id(*id));
    }
    reordered.sort_by_key(|fact| fact.id);
    reordered
}

fn any_pair(history: &[Fact], predicate: impl Fn(&Fact, Stance, &Fact, Stance) -> bool) -> bool {
    let stances = || {
        history
            .iter()
            .filter_map(|fact| fact.stance.map(|stance| (fact, stance)))
    };
    stances().any(|(one, this)| stances().any(|(other, that)| predicate(one, this, other, that)))
}

fn have_same_bounds(one: &Fact, other: &Fact) -> bool {
    (one.earliest, one.latest) == (other.earliest, other.latest)
}

/// Histories without corrections and retractions, each with another order of recording.
fn orders() -> impl Strategy<Value = (Vec<Fact>, Vec<i64>)> {
    histories().prop_flat_map(|mut history| {
        for fact in &mut history {
            (fact.corrects, fact.retracted_at) = (None, None);
            fact.keeps_disputes = false;
        }
        let order: Vec<i64> = history.iter().map(|fact| fact.id).collect();
        (Just(history), Just(order).prop_shuffle())
    })
}

/// Histories of the common kind: nothing is corrected or denied, and stances start in the order of recording.
fn histories_in_order() -> impl Strategy<Value = Vec<Fact>> {
    histories().prop_map(|mut history| {
        let starts = history.iter().map(|fact| (fact.latest, fact.earliest));
        let mut starts: Vec<_> = starts.collect();
        starts.sort_unstable();
        let valid_from: Vec<String> = starts
            .iter()
            .map(|start| {
                let same = |fact: &&Fact| (fact.latest, fact.earliest) == *start;
                let fact = history.iter().find(same);
                fact.map(|fact| fact.valid_from.clone()).unwrap_or_default()
            })
            .collect();
        let starts = starts.into_iter().zip(valid_from);
        for (fact, ((latest, earliest), valid_from)) in history.iter_mut().zip(starts) {
            (fact.latest, fact.earliest, fact.valid_from) = (latest, earliest, valid_from);
            (fact.corrects, fact.keeps_disputes) = (None, false);
            fact.contradicts.clear();
        }
        history
    })
}

/// The content of the ledger at an instant.
fn recorded_at_instant(history: &[Fact], at: Timestamp) -> Vec<Fact> {
    let mut recorded: Vec<Fact> = history.to_vec();
    recorded.retain(|fact| fact.recorded_at <= at);
    for fact in &mut recorded {
        fact.publications
            .retain(|publication| publication.recorded_at <= at);
        fact.retracted_at = fact.retracted_at.filter(|retracted_at| *retracted_at <= at);
    }
    recorded
}

/// A copy of `of` that replaces the statement `corrects`.
fn correction(id: i64, corrects: i64, of: &Fact) -> Fact {
    Fact {
        id,
        corrects: Some(corrects),
        contradicts: Vec::new(),
        recorded_at: noon(LAST_DAY),
        retracted_at: None,
        ..of.clone()
    }
}

fn ids(facts: &[&Fact]) -> Vec<i64> {
    facts.iter().map(|fact| fact.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Exempt are cases that the rules decide by the order of recording: of two stances with the same bounds and the same
    /// rank, the later recorded wins.
    #[test]
    fn the_order_of_recording_does_not_change_the_position((history, order) in orders()) {
        prop_assume!(!any_pair(&history, |one, this, other, that| {
            have_same_bounds(one, other) && this != that && this.rank() == that.rank()
        }));
        let old_id = |new: i64| 1 + i64::try_from(order.iter().position(|id| *id == new).unwrap()).unwrap();
        prop_assert_eq!(comparable_position(&reordered(&history, &order), old_id), comparable_position(&history, |id| id));
    }

    #[test]
    fn the_order_of_recording_does_not_change_since((history, order) in orders()) {
        prop_assume!(!any_pair(&history, |one, this, other, that| {
            have_same_bounds(one, other) && this != that && this.rank() == that.rank()
        }));
        let since = |history: &[Fact]| position(history, &Moment::default()).since;
        prop_assert_eq!(since(&reordered(&history, &order)), since(&history));
    }

    #[test]
    fn a_retraction_restores_the_position_before(
        history in histories(),
        which in any::<Index>(),
        valid_on in proptest::option::of(0..10_u64),
    ) {
        let corrected: BTreeSet<i64> = history.iter().filter_map(|fact| fact.corrects).collect();
        let uncorrected: Vec<i64> =
            history.iter().map(|fact| fact.id).filter(|id| !corrected.contains(id)).collect();
        let id = *which.get(&uncorrected);
        let (mut without, mut retracted) = (history.clone(), history);
        without.retain(|fact| fact.id != id);
        let fact = retracted.iter_mut().find(|fact| fact.id == id).unwrap();
        fact.retracted_at.get_or_insert(afternoon(LAST_DAY));
        let moment = Moment { valid_on: valid_on.map(day), ..Moment::default() };
        prop_assert_eq!(position(&retracted, &moment), position(&without, &moment));
        prop_assert_eq!(timeline(&retracted, &moment), timeline(&without, &moment));
    }

    #[test]
    fn later_entries_do_not_change_a_position_as_recorded(
        history in histories(),
        moment in moments(),
        recorded_by in 9..LAST_DAY,
    ) {
        let moment = Moment { recorded_by: Some(noon(recorded_by)), ..moment };
        let recorded = recorded_at_instant(&history, noon(recorded_by));
        prop_assert_eq!(position(&recorded, &moment), position(&history, &moment));
        prop_assert_eq!(timeline(&recorded, &moment), timeline(&history, &moment));
    }

    #[test]
    fn nothing_corrected_or_retracted_is_visible(history in histories(), moment in moments()) {
        let visible = visible(&history, &moment);
        for fact in &visible {
            prop_assert!(visible.iter().all(|other| other.corrects != Some(fact.id)));
            let not_yet_retracted = fact.retracted_at.is_none_or(|at| {
                moment.recorded_by.is_some_and(|limit| at > limit)
                    || moment.published_by.is_some_and(|limit| at.day() > limit)
            });
            prop_assert!(not_yet_retracted);
        }
    }

    #[test]
    fn the_timeline_ends_in_the_position(history in histories(), moment in moments()) {
        let position = position(&history, &moment);
        let timeline = timeline(&history, &moment);
        let last = timeline.last();
        prop_assert_eq!(last.map_or(Stance::Unknown, |period| period.stance), position.stance);
        prop_assert_eq!(last.map(|period| &period.from), position.since.as_ref());
        prop_assert_eq!(last.and_then(|period| period.to.as_ref()), None);
    }

    #[test]
    fn a_statement_stays_replaced_when_its_correction_is_corrected(
        history in histories(),
        which in any::<Index>(),
    ) {
        let now = Moment::default();
        let standing = ids(&visible(&history, &now));
        prop_assume!(!standing.is_empty());
        let original = *which.get(&standing);
        let mut corrected = history.clone();
        corrected.push(correction(100, original, &history[0]));
        corrected.push(correction(101, 100, &history[0]));
        let expected: Vec<i64> =
            standing.into_iter().filter(|id| *id != original).chain([101]).collect();
        prop_assert_eq!(ids(&visible(&corrected, &now)), expected);
    }
}

proptest! {
    /// As many as `PROPTEST_CASES` says.
    #[test]
    fn the_packed_form_and_the_rules_over_whole_facts_agree(history in histories(), moment in moments()) {
        position(&history, &moment);
        timeline(&history, &moment);
        visible(&history, &moment);
    }

    #[test]
    fn one_pass_and_the_rules_over_whole_facts_agree(history in histories_in_order(), moment in moments()) {
        let position = position(&history, &moment);
        let packed = History::from_facts(&history).unwrap();
        let in_one_pass = packed.position_in_one_pass(&Cutoff::from(&moment));
        let ranks_fall = history.windows(2).all(|pair| {
            let same = (pair[0].latest, pair[0].earliest) == (pair[1].latest, pair[1].earliest);
            !same || pair[0].stance.map(Stance::rank) >= pair[1].stance.map(Stance::rank)
        });
        match in_one_pass {
            Ok(one) => prop_assert_eq!(one.unwrap_or(Position::UNKNOWN), position),
            Err(_) => prop_assert!(!ranks_fall),
        }
    }

    /// As while histories are loaded: parts of facts arrive in any order, and again.
    #[test]
    fn facts_that_arrive_in_parts_and_twice_give_the_same_history(
        history in histories(),
        order in any::<proptest::sample::Index>(),
    ) {
        let whole = History::from_facts(&history).unwrap();
        let mut parts: Vec<Fact> = Vec::new();
        for fact in &history {
            let initial = |one: &Publication| one.recorded_at <= fact.recorded_at;
            let initial = fact.publications.iter().copied().filter(initial).collect();
            parts.push(Fact { publications: initial, retracted_at: None, ..fact.clone() });
            parts.push(Fact { contradicts: Vec::new(), ..fact.clone() });
            parts.push(fact.clone());
        }
        let start = order.index(parts.len());
        parts.rotate_left(start);
        prop_assert_eq!(History::from_facts(&parts).unwrap(), whole);
    }
}
