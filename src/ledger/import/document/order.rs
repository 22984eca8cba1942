//! The order in which statements and retractions are recorded: that of the file, but each after what the ledger requires before it.
//!
//! A statement that corrects another one anew comes after the retraction of the correction before, and a retraction after those
//! of what corrects its statement. No function recurses: such a chain may be long.

use std::collections::HashMap;

use super::{Errors, Retraction, Statement, fields::item_path};

/// One item, by its index in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Statement(usize),
    Retraction(usize),
}

/// What each item has to follow. Of items with the same key, the first counts.
pub(super) struct Dependencies<'d> {
    statements: &'d [Statement],
    retractions: &'d [Retraction],
    by_key: HashMap<&'d str, usize>,
    /// The retraction of each statement.
    retracted: HashMap<&'d str, usize>,
    /// The corrections of each statement, in the order of their retractions; those that are not retracted are last.
    corrections: HashMap<&'d str, Vec<usize>>,
    /// The correction of the same statement that is before each of them in that order.
    earlier_corrections: HashMap<usize, usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// All statements and retractions: the statements with the retractions that they require, and the other retractions.
pub fn recording_order(
    statements: &[Statement],
    retractions: &[Retraction],
) -> (Vec<Step>, Vec<Step>) {
    let dependencies = Dependencies::new(statements, retractions);
    let mut walk = Walk::new(&dependencies);
    let first = (0..statements.len()).map(Step::Statement);
    let first = first.flat_map(|step| walk.visit(step).unwrap_or_default());
    let first = first.collect();
    let rest = (0..retractions.len()).map(Step::Retraction);
    let rest = rest.flat_map(|step| walk.visit(step).unwrap_or_default());
    (first, rest.collect())
}

/// Reports statements that would have to follow themselves, and those that correct what a valid one already corrects.
pub(super) fn check(statements: &[Statement], retractions: &[Retraction], errors: &mut Errors) {
    let dependencies = Dependencies::new(statements, retractions);
    let mut walk = Walk::new(&dependencies);
    for (index, statement) in statements.iter().enumerate() {
        let path = || {
            let path = item_path("statements", index, Some(&statement.key));
            format!("{path}.corrects")
        };
        if let Some(earlier) = dependencies.valid_correction_before(index) {
            let (by, key) = (&statements[earlier].key, statement.corrects.as_deref());
            let message = format!(
                "`{}` is already corrected by `{by}`; correct or retract that one",
                key.unwrap_or_default()
            );
            errors.add(path(), message);
        }
        if walk.visit(Step::Statement(index)).is_none() {
            let message =
                "follows the retraction of another correction, which follows this statement";
            errors.add(path(), message);
        }
    }
}

impl<'d> Dependencies<'d> {
    pub(super) fn new(statements: &'d [Statement], retractions: &'d [Retraction]) -> Self {
        let mut dependencies = Self {
            statements,
            retractions,
            by_key: HashMap::new(),
            retracted: HashMap::new(),
            corrections: HashMap::new(),
            earlier_corrections: HashMap::new(),
        };
        for (index, statement) in statements.iter().enumerate() {
            dependencies.by_key.entry(&statement.key).or_insert(index);
        }
        for (index, retraction) in retractions.iter().enumerate() {
            let retracted = dependencies.retracted.entry(&retraction.statement);
            retracted.or_insert(index);
        }
        for (index, statement) in statements.iter().enumerate() {
            if let Some(corrected) = &statement.corrects {
                let corrections = dependencies.corrections.entry(corrected);
                corrections.or_default().push(index);
            }
        }
        for corrections in dependencies.corrections.values_mut() {
            corrections.sort_by_key(|index| {
                let retraction = dependencies.retracted.get(statements[*index].key.as_str());
                retraction.copied().unwrap_or(usize::MAX)
            });
            let pairs = corrections.iter().zip(&corrections[1..]);
            let pairs = pairs.map(|(earlier, later)| (*later, *earlier));
            dependencies.earlier_corrections.extend(pairs);
        }
        dependencies
    }

    /// The statements that correct another one and are valid once the first `retractions` are recorded.
    pub(super) fn valid_corrections(
        &self,
        key: &str,
        retractions: usize,
    ) -> impl Iterator<Item = &'d str> {
        let corrections = self.corrections.get(key).into_iter().flatten();
        let keys = corrections.map(|index| self.statements[*index].key.as_str());
        keys.filter(move |key| {
            let retraction = self.retracted.get(key);
            retraction.is_none_or(|index| *index >= retractions)
        })
    }

    /// The correction of the same statement that is before a correction in the file, if neither is retracted.
    fn valid_correction_before(&self, index: usize) -> Option<usize> {
        let earlier = self.earlier_corrections.get(&index).copied()?;
        let is_retracted = |index: usize| {
            let key = self.statements[index].key.as_str();
            self.retracted.contains_key(key)
        };
        (!is_retracted(index) && !is_retracted(earlier)).then_some(earlier)
    }

    fn before(&self, step: Step) -> Vec<Step> {
        let retraction = |key: &str| self.retracted.get(key).copied().map(Step::Retraction);
        let statement = |key: &String| self.by_key.get(key.as_str()).copied();
        match step {
            Step::Statement(index) => {
                let one = &self.statements[index];
                let others = one.contradicts.iter().chain(&one.corrects);
                // A reference to a later one is an error of its own.
                let others = others.filter_map(statement).filter(|other| *other < index);
                let earlier = self.earlier_corrections.get(&index);
                let earlier = earlier.and_then(|one| retraction(&self.statements[*one].key));
                others.map(Step::Statement).chain(earlier).collect()
            }
            Step::Retraction(index) => {
                let key = &self.retractions[index].statement;
                let corrections = self.valid_corrections(key, 0);
                let corrections = corrections.filter_map(retraction);
                let statement = statement(key).map(Step::Statement);
                statement.into_iter().chain(corrections).collect()
            }
        }
    }
}

struct Walk<'d> {
    dependencies: &'d Dependencies<'d>,
    statements: Vec<Visit>,
    retractions: Vec<Visit>,
}

impl<'d> Walk<'d> {
    fn new(dependencies: &'d Dependencies<'d>) -> Self {
        Self {
            dependencies,
            statements: vec![Visit::New; dependencies.statements.len()],
            retractions: vec![Visit::New; dependencies.retractions.len()],
        }
    }

    /// The steps up to one that were not visited before; `None` if one of them would have to follow itself.
    fn visit(&mut self, step: Step) -> Option<Vec<Step>> {
        let (mut steps, mut is_circular) = (Vec::new(), false);
        let mut open = vec![step];
        while let Some(step) = open.last().copied() {
            match *self.state(step) {
                Visit::New => {
                    *self.state(step) = Visit::Open;
                    for before in self.dependencies.before(step).into_iter().rev() {
                        is_circular |= *self.state(before) == Visit::Open;
                        if *self.state(before) == Visit::New {
                            open.push(before);
                        }
                    }
                }
                Visit::Open => {
                    *self.state(step) = Visit::Done;
                    steps.push(step);
                    open.pop();
                }
                Visit::Done => drop(open.pop()),
            }
        }
        (!is_circular).then_some(steps)
    }

    fn state(&mut self, step: Step) -> &mut Visit {
        match step {
            Step::Statement(index) => &mut self.statements[index],
            Step::Retraction(index) => &mut self.retractions[index],
        }
    }
}
