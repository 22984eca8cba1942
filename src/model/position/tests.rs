//! Position rules, tested on the bundled data set: positions as they were, as they were known then, and disputes.

use super::{checked::*, seed_data::SEED_DATA, *};
use crate::model::moment::Moment;
use crate::model::{stance::Stance::*, time::parse_day};

fn text(date: Option<PackedDate>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// The current position.
fn now(state: &str) -> Position {
    position(&SEED_DATA.histories[state], &Moment::default())
}

/// The position on a day, as it was public on another day.
fn on(state: &str, day: &str, published_by: Option<&str>) -> Position {
    let moment = Moment {
        valid_on: Some(parse_day(day).unwrap()),
        published_by: published_by.map(|day| parse_day(day).unwrap()),
        recorded_by: None,
    };
    position(&SEED_DATA.histories[state], &moment)
}

fn as_public_on(state: &str, day: &str) -> Position {
    on(state, day, Some(day))
}

fn in_hindsight_on(state: &str, day: &str) -> Position {
    on(state, day, None)
}

/// (denying, denied), by the keys of the document.
fn rivals_of(position: &Position) -> Vec<(&'static str, &'static str)> {
    let key = |id: i64| SEED_DATA.key(id);
    let rivals = position.rivals.iter();
    rivals.map(|(by, of)| (key(*by), key(*of))).collect()
}

fn basis_of(position: &Position) -> Option<&'static str> {
    position.basis.map(|id| SEED_DATA.key(id))
}

#[test]
fn every_requested_state_has_a_history() {
    assert_eq!(SEED_DATA.histories.len(), 49);
    for (state, history) in &SEED_DATA.histories {
        assert!(history.is_sorted_by_key(|fact| fact.id), "{state}");
    }
}

#[test]
fn a_position_without_public_statements_is_unknown() {
    let rwanda = as_public_on("RW", "2025-04-01");
    assert_eq!((rwanda.stance, rwanda.since), (Unknown, None));
    assert_eq!((rwanda.basis, rwanda.certain), (None, true));
}

#[test]
fn a_later_report_determines_an_earlier_position() {
    let rwanda = on("RW", "2025-04-01", Some("2025-04-23"));
    assert_eq!(rwanda.stance, AgreedInPrinciple);
    assert_eq!(text(rwanda.since).as_deref(), Some("2025-03-13"));
}

#[test]
fn a_transfer_in_a_month_that_is_not_over_makes_the_position_uncertain() {
    assert!(!on("RW", "2025-04-01", Some("2025-04-23")).certain);
    assert!(on("RW", "2025-03-31", Some("2025-04-23")).certain);
}

#[test]
fn a_memorandum_published_in_december_was_agreed_in_june() {
    let then = as_public_on("RW", "2025-06-27");
    assert_eq!(then.stance, Negotiating);
    assert_eq!(text(then.since).as_deref(), Some("2025-05-04"));
    let today = in_hindsight_on("RW", "2025-06-27");
    assert_eq!(today.stance, Agreed);
    assert_eq!(basis_of(&today), Some("rw-agreed-2025-06-03-memorandum"));
}

#[test]
fn had_agreed_by_june_moves_rwanda_forward_from_its_talks_in_may() {
    assert_eq!(as_public_on("RW", "2025-06-29").stance, Negotiating);
    let rwanda = as_public_on("RW", "2025-06-30");
    assert_eq!(rwanda.stance, Agreed);
    assert_eq!(basis_of(&rwanda), Some("rw-agreed-article"));
}

#[test]
fn a_denial_that_was_not_superseded_disputes_guatemala_until_now() {
    let rivals = [("gt-denies-2025-06-26", "gt-aca-us-2025-06-26")];
    assert!(!as_public_on("GT", "2025-06-25").disputed);
    for guatemala in [
        as_public_on("GT", "2025-06-26"),
        as_public_on("GT", "2025-06-28"),
        now("GT"),
    ] {
        assert!(guatemala.disputed);
        assert_eq!(rivals_of(&guatemala), rivals);
        assert_eq!(guatemala.stance, Agreed);
        assert_eq!(text(guatemala.since).as_deref(), Some("2025-02-05"));
    }
}

#[test]
fn mexico_implements_and_denies_an_agreement_until_now() {
    let public_denial = ("mx-no-agreement-2025-06-26", "mx-agreed-article");
    assert!(!as_public_on("MX", "2025-06-25").disputed);
    for day in ["2025-06-26", "2025-06-28", "2026-01-21"] {
        assert_eq!(rivals_of(&as_public_on("MX", day)), [public_denial]);
    }
    let mexico = now("MX");
    assert_eq!((mexico.stance, mexico.disputed), (Implementing, true));
    let older_denial = "mx-no-agreement-2025-06-24";
    assert_eq!(
        rivals_of(&mexico),
        [
            (older_denial, "mx-agreed-2025-05-06"),
            public_denial,
            ("mx-agreement-unwritten-2026-01-21", older_denial),
        ]
    );
}

#[test]
fn a_denial_whose_source_has_no_date_disputes_in_hindsight_only() {
    assert!(!as_public_on("MX", "2025-06-24").disputed);
    assert!(!in_hindsight_on("MX", "2025-06-23").disputed);
    assert!(in_hindsight_on("MX", "2025-06-24").disputed);
}

#[test]
fn events_settle_what_honduras_disputed() {
    let then = as_public_on("HN", "2025-06-28");
    assert_eq!((then.stance, then.disputed), (Agreed, true));
    assert_eq!(
        rivals_of(&then),
        [
            ("hn-denies-2025-06-26", "hn-aca-us-2025-06-26"),
            ("hn-denies-2025-06-26", "hn-agreed-us-2025-06-26"),
        ]
    );
    assert!(as_public_on("HN", "2025-08-18").disputed);
    assert!(!as_public_on("HN", "2025-08-19").disputed);
    let today = now("HN");
    assert_eq!((today.stance, today.disputed), (Implementing, false));
    assert_eq!(text(today.since).as_deref(), Some("2025-10-10"));
}

#[test]
fn a_treaty_text_published_later_disputes_the_denial_in_hindsight() {
    let treaty = ("hn-agreement-2025-12-05", "hn-denies-2025-06-26");
    assert!(rivals_of(&in_hindsight_on("HN", "2025-06-28")).contains(&treaty));
    assert!(!in_hindsight_on("HN", "2025-10-10").disputed);
}

#[test]
fn uganda_goes_from_refusal_to_agreement_in_principle_in_a_day() {
    let refusal = as_public_on("UG", "2025-08-20");
    assert_eq!((refusal.stance, refusal.disputed), (Refused, true));
    let agreement = as_public_on("UG", "2025-08-21");
    assert_eq!(agreement.stance, AgreedInPrinciple);
    assert_eq!(text(agreement.since).as_deref(), Some("2025-08-21"));
    assert!(!agreement.disputed);
    assert_eq!(now("UG").stance, AgreedInPrinciple);
}

#[test]
fn a_corrected_refusal_is_gone_in_hindsight_too() {
    assert_eq!(as_public_on("UG", "2025-08-20").stance, Refused);
    let hindsight = in_hindsight_on("UG", "2025-08-20");
    assert_eq!((hindsight.stance, hindsight.disputed), (Agreed, false));
}

#[test]
fn a_round_up_that_only_names_libya_does_not_undo_its_refusal() {
    let libya = now("LY");
    assert_eq!((libya.stance, libya.disputed), (Refused, true));
    assert_eq!(text(libya.since).as_deref(), Some("2025-05-07"));
    let history = &SEED_DATA.histories["LY"];
    let later_naming = history.iter().rfind(|fact| fact.stance == Some(Named));
    assert!(later_naming.is_some_and(|fact| Some(fact.id) > libya.basis));
}

#[test]
fn of_two_stances_of_one_rank_and_one_day_the_later_recorded_wins() {
    let mut history = SEED_DATA.histories["LY"].clone();
    history.retain(|fact| fact.stance == Some(Refused));
    let last = history.last().unwrap();
    let agreed = Fact {
        id: last.id + 1,
        stance: Some(Agreed),
        ..last.clone()
    };
    history.push(agreed);
    assert_eq!(position(&history, &Moment::default()).stance, Agreed);
}
