//! Moves of many relationships on one axis, in the order of days: the input of charts and time sliders.

use std::sync::Arc;

use chrono::NaiveDate;

use super::Position;
use super::history::History;
use crate::model::moment::{Axis, Moment};

/// The positions of relationships before any day, and how they move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// By index of the relationship; `None` without a valid statement.
    pub before: Vec<Option<Position>>,
    /// By day, and on one day by index.
    pub moves: Vec<Move>,
}

/// The position of a relationship from a day on, and the one until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub on: NaiveDate,
    /// Index of the relationship.
    pub relationship: usize,
    pub from: Option<Position>,
    pub to: Option<Position>,
}

impl Moves {
    /// Takes [`work`] steps.
    pub fn new(histories: &[Arc<History>], axis: Axis, moment: &Moment) -> Self {
        let mut result = Self::default();
        for (relationship, history) in histories.iter().enumerate() {
            let mut steps = history.steps(axis, moment).into_iter();
            let mut from = steps.next().and_then(|step| step.position);
            result.before.push(from.clone());
            for step in steps {
                let Some(on) = step.from else { continue };
                result.moves.push(Move {
                    on,
                    relationship,
                    from: std::mem::replace(&mut from, step.position.clone()),
                    to: step.position,
                });
            }
        }
        result
            .moves
            .sort_by_key(|movement| (movement.on, movement.relationship));
        result
    }
}

/// The number of facts that [`Moves::new`] reads.
pub fn work(histories: &[Arc<History>], axis: Axis) -> u64 {
    let of_each = histories.iter().map(|history| {
        let folds = 1 + history.change_days(axis).len() as u64;
        folds.saturating_mul(history.len() as u64)
    });
    of_each.fold(0, u64::saturating_add)
}
