//! Generated histories for property tests: few days and few stances, so that facts collide often.
//!
//! Days count from 2025-01-01. Claims start on days 0 to 8; fact `i` is recorded at noon of day 10 + `i`.

use chrono::Days;
use std::collections::BTreeMap;

use proptest::{collection::btree_map, collection::vec, option, prelude::*, sample, sample::Index};

use super::*;
use crate::model::moment::Moment;

const FIRST_RECORDING: u64 = 10;
/// Later than every entry of a generated history.
pub(super) const LAST_DAY: u64 = 30;

pub(super) fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Days::new(number)
}

pub(super) fn noon(number: u64) -> Timestamp {
    Timestamp::from(day(number).and_hms_opt(12, 0, 0).unwrap().and_utc())
}

/// One hour later than a recording of the same day, as no two entries share an instant.
pub(super) fn afternoon(number: u64) -> Timestamp {
    Timestamp(noon(number).0 + 3_600_000_000)
}

/// A fact without a position in the history yet: the days of its entries count from its recording.
#[derive(Clone, Debug)]
struct Draft {
    stance: Option<Stance>,
    bounds: (Option<u64>, u64),
    /// Published on, by the day of the entry that changed it.
    publications: BTreeMap<u64, Option<u64>>,
    retracted_after: Option<u64>,
    corrects: Option<Index>,
    keeps_disputes: bool,
    contradicts: Option<Index>,
}

impl Draft {
    fn fact(&self, id: i64, recorded: u64) -> Fact {
        let (earliest, latest) = (self.bounds.0.map(day), day(self.bounds.1));
        let publication = |(after, on): (&u64, &Option<u64>)| Publication {
            recorded_at: if *after == 0 {
                noon(recorded)
            } else {
                afternoon(recorded + after)
            },
            on: on.map(|on| day(on.min(recorded + after))),
        };
        Fact {
            id,
            stance: self.stance,
            valid_from: format!(
                "{}/{latest}",
                earliest.map_or("..".to_owned(), |day| day.to_string())
            ),
            earliest,
            latest,
            recorded_at: noon(recorded),
            publications: self.publications.iter().map(publication).collect(),
            corrects: None,
            keeps_disputes: false,
            retracted_at: self
                .retracted_after
                .map(|after| afternoon(recorded + after)),
            contradicts: Vec::new(),
            kind: None,
            claimant: None,
        }
    }
}

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    use Stance::{Agreed, Implementing, Named, Negotiating, Refused};
    let stances = sample::select(vec![Named, Negotiating, Agreed, Refused, Implementing]);
    let bounds = (option::weighted(0.8, 0..6_u64), 0..3_u64)
        .prop_map(|(earliest, length)| (earliest, earliest.unwrap_or(3) + length));
    let draft = (
        option::weighted(0.8, stances),
        bounds,
        btree_map(0..4_u64, option::weighted(0.8, 2..20_u64), 0..3),
        option::weighted(0.2, 0..5_u64),
        option::weighted(0.3, any::<Index>()),
        any::<bool>(),
        option::weighted(0.3, any::<Index>()),
    );
    let draft = draft.prop_map(
        |(stance, bounds, publications, retracted_after, corrects, keeps_disputes, contradicts)| {
            Draft {
                stance,
                bounds,
                publications,
                retracted_after,
                corrects,
                keeps_disputes,
                contradicts,
            }
        },
    );
    vec(draft, 1..=12)
}

/// Links drafts as the ledger would: a correction replaces a fact that is valid at the time, so no fact has two valid
/// corrections.
fn history_of(drafts: &[Draft]) -> Vec<Fact> {
    let mut history: Vec<Fact> = Vec::new();
    for ((draft, id), recorded) in drafts.iter().zip(1..).zip(FIRST_RECORDING..) {
        let mut fact = draft.fact(id, recorded);
        let valid_ids = valid_ids(&history, fact.recorded_at);
        if !valid_ids.is_empty() {
            fact.corrects = draft.corrects.map(|index| *index.get(&valid_ids));
            fact.keeps_disputes = draft.keeps_disputes && fact.corrects.is_some();
        }
        // One that is not valid may be denied as well.
        let denied = draft.contradicts.filter(|_| !history.is_empty());
        fact.contradicts = denied.iter().map(|index| index.get(&history).id).collect();
        history.push(fact);
    }
    history
}

/// The valid facts, determined for each fact separately, unlike the single pass of `visible`.
fn valid_ids(history: &[Fact], at: Timestamp) -> Vec<i64> {
    fn is_retracted(fact: &Fact, at: Timestamp) -> bool {
        fact.retracted_at
            .is_some_and(|retracted_at| retracted_at <= at)
    }
    fn is_replaced(history: &[Fact], id: i64, at: Timestamp) -> bool {
        let mut corrections = history.iter().filter(|fact| fact.corrects == Some(id));
        corrections.any(|fact| !is_retracted(fact, at) || is_replaced(history, fact.id, at))
    }
    let facts = history.iter().filter(|fact| !is_retracted(fact, at));
    facts
        .map(|fact| fact.id)
        .filter(|id| !is_replaced(history, *id, at))
        .collect()
}

pub(super) fn histories() -> impl Strategy<Value = Vec<Fact>> {
    drafts().prop_map(|drafts| history_of(&drafts))
}

pub(super) fn moments() -> impl Strategy<Value = Moment> {
    let clocks = (
        option::of(0..10_u64),
        option::of(2..LAST_DAY),
        option::of(9..LAST_DAY),
    );
    clocks.prop_map(|(valid_on, published_by, recorded_by)| Moment {
        valid_on: valid_on.map(day),
        published_by: published_by.map(day),
        recorded_by: recorded_by.map(noon),
    })
}
