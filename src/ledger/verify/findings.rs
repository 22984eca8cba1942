//! Discrepancies that verification found: listed one by one up to a limit for each table, and counted beyond it.

use std::collections::BTreeMap;
use std::fmt;

/// A difference between the database and what its ledger determines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Discrepancy {
    /// Seq of the first affected entry; 0 for rows that do not depend on an entry, such as those of countries.
    pub seq: i64,
    pub what: String,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seq {
            0 => formatter.write_str(&self.what),
            seq => write!(formatter, "entry {seq}: {}", self.what),
        }
    }
}

/// Differing rows of a table that are listed one by one.
const MAX_LISTED: usize = 1_000;

#[derive(Default)]
pub(super) struct Findings {
    listed: Vec<Discrepancy>,
    tables: BTreeMap<&'static str, Counts>,
}

#[derive(Default)]
struct Counts {
    missing: Group,
    listed: usize,
    more: Group,
}

/// A number of rows, and the seq of the first.
#[derive(Default)]
struct Group {
    count: usize,
    first: i64,
}

impl Group {
    fn add(&mut self, seq: i64) {
        self.first = match self.count {
            0 => seq,
            _ => self.first.min(seq),
        };
        self.count += 1;
    }
}

impl Findings {
    pub(super) fn add(&mut self, seq: i64, what: String) {
        self.listed.push(Discrepancy { seq, what });
    }

    /// A lost table is one line, not one per row.
    pub(super) fn add_missing(&mut self, table: &'static str, seq: i64) {
        self.tables.entry(table).or_default().missing.add(seq);
    }

    pub(super) fn add_altered(&mut self, table: &'static str, seq: i64) {
        self.add_row(table, seq, "altered");
    }

    pub(super) fn add_unexpected(&mut self, table: &'static str, seq: i64) {
        self.add_row(table, seq, "unexpected");
    }

    fn add_row(&mut self, table: &'static str, seq: i64, difference: &str) {
        let counts = self.tables.entry(table).or_default();
        if counts.listed == MAX_LISTED {
            counts.more.add(seq);
            return;
        }
        counts.listed += 1;
        self.add(seq, format!("{difference} row in {table}"));
    }

    /// All discrepancies, ascending by seq.
    pub(super) fn into_discrepancies(mut self) -> Vec<Discrepancy> {
        for (table, counts) in std::mem::take(&mut self.tables) {
            let Counts { missing, more, .. } = counts;
            match missing.count {
                0 => {}
                1 => self.add(missing.first, format!("missing row in {table}")),
                count => {
                    let what = format!("{count} missing rows in {table}, the first of this entry");
                    self.add(missing.first, what);
                }
            }
            if more.count > 0 {
                let what = format!(
                    "{} more altered or unexpected rows in {table}, the first of this entry",
                    more.count
                );
                self.add(more.first, what);
            }
        }
        self.listed.sort();
        self.listed
    }
}
