//! The fold of the packed form, checked against the rules over whole facts wherever a test asks it.

use super::cutoff::Cutoff;
use super::history::History;
use super::{Fact, Period, Position, reference};
use crate::model::moment::Moment;

fn packed(history: &[Fact]) -> History {
    History::from_facts(history).unwrap()
}

#[track_caller]
pub(super) fn position(history: &[Fact], moment: &Moment) -> Position {
    let position = packed(history).position(moment);
    assert_eq!(position, reference::position(history, moment));
    position
}

#[track_caller]
pub(super) fn timeline(history: &[Fact], moment: &Moment) -> Vec<Period> {
    let timeline = packed(history).timeline(moment);
    assert_eq!(timeline, reference::timeline(history, moment));
    timeline
}

#[track_caller]
pub(super) fn visible<'h>(history: &'h [Fact], moment: &Moment) -> Vec<&'h Fact> {
    let visible = reference::visible(history, moment);
    let ids = visible.iter().map(|fact| fact.id);
    let packed = packed(history);
    let packed = packed.visible(&Cutoff::from(moment));
    assert!(packed.iter().map(|fact| fact.id).eq(ids));
    visible
}
