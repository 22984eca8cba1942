//! Work of an operation that depends on the data: facts that it folds, SQL statements and their rows. It is counted while the
//! operation runs, in facts: the time that it takes to fold one. `benches/run` measures all of it (`CELLS=cost`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

/// Facts that are folded for one unit of cost.
pub const FACTS_PER_UNIT: u64 = 8;
/// A history, or one fact in it, is found.
pub const LOOKUP: u64 = 4;
/// Rows in memory that are compared with a filter in the time of one fact.
pub const COMPARED_ROWS: u64 = 4;
/// Rows in memory of which a few bits are compared in the time of one fact.
pub const SCANNED_ROWS: u64 = 16;
/// An SQL statement, without its rows.
pub const SQL_STATEMENT: u64 = 150 * FACTS_PER_UNIT;
/// A row of an SQL statement; the rows of statements have many long texts.
pub const SQL_ROW: u64 = 10 * FACTS_PER_UNIT;
pub const STATEMENT_ROW: u64 = 25 * FACTS_PER_UNIT;
/// Units for an execution without a limit of its own: one event of a subscription.
const DEFAULT_UNITS: u32 = 50_000;

/// Counts the work of one operation. Clones share the count.
#[derive(Clone, Debug)]
pub struct WorkBudget {
    spent: Arc<AtomicU64>,
    units: u32,
}

impl Default for WorkBudget {
    fn default() -> Self {
        Self::new(DEFAULT_UNITS)
    }
}

impl WorkBudget {
    /// `units` of cost may be spent on work.
    pub fn new(units: u32) -> Self {
        Self {
            spent: Arc::default(),
            units,
        }
    }

    /// Spends in any case, for work that is done already or small.
    pub fn add(&self, facts: u64) {
        self.spent.fetch_add(facts, Ordering::Relaxed);
    }

    /// Takes everything back, for another execution of the same operation.
    pub fn reset(&self) {
        self.spent.store(0, Ordering::Relaxed);
    }

    /// Spends before the work is done, or before what follows it.
    /// # Errors
    /// `Error::TooComplex` if the operation would spend more than it may.
    pub fn spend(&self, facts: u64) -> Result<()> {
        let before = self.spent.fetch_add(facts, Ordering::Relaxed);
        let (needed, limit) = (before.saturating_add(facts) / FACTS_PER_UNIT, self.units);
        if needed <= u64::from(limit) {
            return Ok(());
        }
        // What is refused is not done.
        self.spent.fetch_sub(facts, Ordering::Relaxed);
        Err(Error::TooComplex(format!(
            "what the operation reads would cost {needed} or more, and {limit} are left of the limit (--max-cost); request smaller pages or fewer moments, or filter by initiative, country or stance"
        )))
    }

    /// The facts that may still be spent.
    pub fn rest(&self) -> u64 {
        let limit = u64::from(self.units) * FACTS_PER_UNIT + FACTS_PER_UNIT - 1;
        limit.saturating_sub(self.spent.load(Ordering::Relaxed))
    }

    /// The cost of the work so far.
    pub fn cost(&self) -> u32 {
        let units = self.spent.load(Ordering::Relaxed) / FACTS_PER_UNIT;
        u32::try_from(units).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_beyond_the_budget_is_refused_and_not_counted() {
        let budget = WorkBudget::new(2);
        budget.spend(FACTS_PER_UNIT).unwrap();
        let error = budget.spend(3 * FACTS_PER_UNIT).unwrap_err();
        assert_eq!(error.code(), "QUERY_TOO_COMPLEX");
        budget.clone().spend(FACTS_PER_UNIT).unwrap();
        assert_eq!(budget.cost(), 2);
    }
}
