//! The fold in one pass and without allocations, for most histories: nothing in them was corrected or denied, and their
//! stances started in the order in which they were recorded.

use super::Position;
use super::cutoff::Cutoff;
use super::fold::{fold_order, replaces};
use super::history::History;
use super::packed_fact::PackedFact;
use crate::model::edtf::PackedDate;
use crate::model::small_set::SmallSet;
use crate::model::stance::Stance;

/// The history needs the general fold.
pub(super) struct NotInOrder;

/// A stance that won the fold, and where its run started.
struct Run<'h> {
    winner: (&'h PackedFact, Stance),
    since: PackedDate,
}

impl<'h> Run<'h> {
    /// The run after a stance that started later.
    fn next(self, next: (&'h PackedFact, Stance)) -> Self {
        if !replaces(next, self.winner) {
            return self;
        }
        let continues = next.1 == self.winner.1;
        Self {
            winner: next,
            since: if continues {
                self.since
            } else {
                next.0.valid_from
            },
        }
    }
}

impl History {
    /// What [`History::find_position`] gives.
    pub(super) fn position_in_one_pass(
        &self,
        cutoff: &Cutoff,
    ) -> Result<Option<Position>, NotInOrder> {
        if self.has_corrections() || self.has_contradictions() {
            return Err(NotInOrder);
        }
        let mut is_empty = true;
        let mut run: Option<Run<'_>> = None;
        let mut last_order = None;
        let mut possible = SmallSet::default();
        let present = self.facts.iter();
        for fact in present.filter(|fact| self.is_present(fact, cutoff)) {
            is_empty = false;
            let Some(stance) = fact.stance else { continue };
            if fact.latest > cutoff.valid_on {
                if fact.earliest <= cutoff.valid_on {
                    possible.insert(stance as u8);
                }
                continue;
            }
            let order = Some(fold_order(fact, stance));
            if order < last_order {
                return Err(NotInOrder);
            }
            last_order = order;
            let next = (fact, stance);
            let first = Run {
                winner: next,
                since: fact.valid_from,
            };
            run = Some(run.map_or(first, |run| run.next(next)));
        }
        if is_empty {
            return Ok(None);
        }
        let Some(Run { winner, since }) = run else {
            return Ok(Some(Position {
                certain: possible.is_empty(),
                ..Position::UNKNOWN
            }));
        };
        Ok(Some(Position {
            stance: winner.1,
            since: Some(since),
            certain: !possible.has_other_than(winner.1 as u8),
            basis: Some(winner.0.id),
            ..Position::UNKNOWN
        }))
    }
}
