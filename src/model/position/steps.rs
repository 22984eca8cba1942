//! Positions over time on one axis: the days on which they change, without a fold for each day in between.

use chrono::NaiveDate;

use super::Position;
use super::cutoff::Cutoff;
use super::history::History;
use crate::model::moment::{Axis, Moment};

/// A position that holds from a day on; `None` while no statement was valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionStep {
    /// `None` before the first day on which anything could change.
    pub from: Option<NaiveDate>,
    pub position: Option<Position>,
}

impl History {
    /// The days on which the position can change on an axis, ascending.
    pub fn change_days(&self, axis: Axis) -> Vec<NaiveDate> {
        let mut days = Vec::with_capacity(2 * self.len());
        for fact in &self.facts {
            self.push_days(axis, fact, &mut days);
        }
        days.sort_unstable();
        days.dedup();
        let days = days.into_iter();
        days.filter_map(NaiveDate::from_num_days_from_ce_opt)
            .collect()
    }

    /// The positions on an axis, each with the day from which it holds; the other axes are those of `moment`. The first is the
    /// one before any day. Neighbours differ. It takes a fold for each of [`History::change_days`].
    pub fn steps(&self, axis: Axis, moment: &Moment) -> Vec<PositionStep> {
        let days = self.change_days(axis);
        let before = days.first().and_then(NaiveDate::pred_opt);
        let before = before.map(|day| (None, day));
        let days = before
            .into_iter()
            .chain(days.iter().map(|day| (Some(*day), *day)));
        let mut steps: Vec<PositionStep> = Vec::new();
        for (from, day) in days {
            let position = self.find_position(&Cutoff::from(&axis.end_of(day, moment)));
            if steps.last().is_none_or(|last| last.position != position) {
                steps.push(PositionStep { from, position });
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::histories::{LAST_DAY, day, histories, moments};
    use super::*;

    fn axes() -> impl Strategy<Value = Axis> {
        proptest::sample::select(vec![Axis::Valid, Axis::Published, Axis::Recorded])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn on_each_day_the_last_step_has_the_position_of_that_day(
            history in histories(),
            moment in moments(),
            axis in axes(),
        ) {
            let history = History::from_facts(&history).unwrap();
            let steps = history.steps(axis, &moment);
            for number in 0..LAST_DAY + 10 {
                let day = day(number);
                let moment = axis.end_of(day, &moment);
                let step = steps.iter().rev().find(|step| step.from.is_none_or(|from| from <= day));
                let expected = history.find_position(&Cutoff::from(&moment));
                prop_assert_eq!(&step.unwrap().position, &expected, "on {}", day);
            }
        }
    }
}
