//! Periods: for which days, and as known to the public on which days, a relationship has one stance and is disputed or not.
//!
//! On both clocks they are rectangles that do not overlap. A moment without a period has no valid statement.

use chrono::NaiveDate;

use super::history::History;
use crate::model::moment::{Axis, Moment};
use crate::model::stance::Stance;

/// The clocks that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodClocks {
    One(Axis),
    /// Valid and published.
    Both,
}

/// Days from the first one to the last one, which is excluded; `None` is unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRange {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// A clock that does not run has an unlimited range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionPeriod {
    pub valid: DayRange,
    pub published: DayRange,
    pub stance: Stance,
    pub disputed: bool,
}

type Value = (Stance, bool);

impl History {
    /// The periods at the other clocks of a moment, by the start on the published clock and then on the valid one. Neighbours on
    /// one clock with the same range on the other one differ in stance or dispute.
    pub fn periods(&self, clocks: PeriodClocks, moment: &Moment) -> Vec<PositionPeriod> {
        let period = |axis, range, (stance, disputed)| {
            let other = DayRange::default();
            let (valid, published) = match axis {
                Axis::Published => (other, range),
                Axis::Valid | Axis::Recorded => (range, other),
            };
            PositionPeriod {
                valid,
                published,
                stance,
                disputed,
            }
        };
        match clocks {
            PeriodClocks::One(axis) => {
                let ranges = self.ranges(axis, moment).into_iter();
                ranges
                    .map(|(range, value)| period(axis, range, value))
                    .collect()
            }
            PeriodClocks::Both => self.rectangles(moment),
        }
    }

    /// Facts that [`History::periods`] reads.
    pub fn periods_work(&self, clocks: PeriodClocks) -> u64 {
        let folds = |axis| 1 + self.change_days(axis).len() as u64;
        let folds = match clocks {
            PeriodClocks::One(axis) => folds(axis),
            PeriodClocks::Both => folds(Axis::Valid).saturating_mul(folds(Axis::Published)),
        };
        folds.saturating_mul(self.len() as u64)
    }

    /// The ranges of days on one clock; those without a valid statement are left out.
    fn ranges(&self, axis: Axis, moment: &Moment) -> Vec<(DayRange, Value)> {
        let steps = self.steps(axis, moment).into_iter();
        let value = |position: super::Position| (position.stance, position.disputed);
        let mut steps: Vec<(Option<NaiveDate>, Option<Value>)> = steps
            .map(|step| (step.from, step.position.map(value)))
            .collect();
        steps.dedup_by_key(|(_, value)| *value);
        let ends = steps.iter().skip(1).map(|(from, _)| *from).chain([None]);
        let ranges = steps.iter().zip(ends);
        ranges
            .filter_map(|((from, value), to)| Some((DayRange { from: *from, to }, (*value)?)))
            .collect()
    }

    /// Before the first published day, nothing is public.
    fn rectangles(&self, moment: &Moment) -> Vec<PositionPeriod> {
        let mut closed = Vec::new();
        let mut open: Vec<PositionPeriod> = Vec::new();
        for day in self.change_days(Axis::Published) {
            let ranges = self.ranges(Axis::Valid, &Axis::Published.end_of(day, moment));
            let current = ranges.into_iter().map(|(valid, (stance, disputed))| {
                let same = open
                    .iter()
                    .find(|one| (one.valid, one.stance, one.disputed) == (valid, stance, disputed));
                let published = DayRange {
                    from: Some(day),
                    to: None,
                };
                same.copied().unwrap_or(PositionPeriod {
                    valid,
                    published,
                    stance,
                    disputed,
                })
            });
            let current: Vec<PositionPeriod> = current.collect();
            let ended = open.into_iter().filter(|one| !current.contains(one));
            closed.extend(ended.map(|one| PositionPeriod {
                published: DayRange {
                    to: Some(day),
                    ..one.published
                },
                ..one
            }));
            open = current;
        }
        closed.append(&mut open);
        closed.sort_by_key(|one| (one.published.from, one.valid.from));
        closed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cutoff::Cutoff;
    use super::super::histories::{LAST_DAY, day, histories, moments};
    use super::*;

    fn contains(range: DayRange, day: NaiveDate) -> bool {
        range.from.is_none_or(|from| from <= day) && range.to.is_none_or(|to| day < to)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn the_one_period_of_two_days_has_the_position_of_that_moment(
            history in histories(),
            moment in moments(),
        ) {
            let history = History::from_facts(&history).unwrap();
            let periods = history.periods(PeriodClocks::Both, &moment);
            for (valid, published) in (0..LAST_DAY + 6).flat_map(|one| (0..LAST_DAY + 6).map(move |other| (one, other))) {
                let (valid, published) = (day(valid), day(published));
                let at = Axis::Published.end_of(published, &Axis::Valid.end_of(valid, &moment));
                let position = history.find_position(&Cutoff::from(&at));
                let expected = position.map(|one| (one.stance, one.disputed));
                let found = periods.iter();
                let found = found.filter(|one| contains(one.valid, valid) && contains(one.published, published));
                let found: Vec<Value> = found.map(|one| (one.stance, one.disputed)).collect();
                let expected: Vec<Value> = expected.into_iter().collect();
                prop_assert_eq!(found, expected, "valid on {}, published by {}", valid, published);
            }
        }

        #[test]
        fn on_one_clock_the_period_of_a_day_has_the_position_of_that_day(
            history in histories(),
            moment in moments(),
            axis in proptest::sample::select(vec![Axis::Valid, Axis::Published]),
        ) {
            let history = History::from_facts(&history).unwrap();
            let periods = history.periods(PeriodClocks::One(axis), &moment);
            for number in 0..LAST_DAY + 6 {
                let day = day(number);
                let position = history.find_position(&Cutoff::from(&axis.end_of(day, &moment)));
                let found = periods.iter();
                let found = found.filter(|one| contains(one.valid, day) && contains(one.published, day));
                let found: Vec<Value> = found.map(|one| (one.stance, one.disputed)).collect();
                let expected: Vec<Value> = position.map(|one| (one.stance, one.disputed)).into_iter().collect();
                prop_assert_eq!(found, expected, "{}", day);
            }
        }
    }
}
