//! A scan of many rows in memory by what they are filtered by, under one lock.

/// Whether a row belongs to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Mismatch,
    Match,
    /// It depends on its history.
    Undecided,
}

/// What was found of a range of seqs, in scan order.
#[derive(Debug)]
pub struct Scan<F> {
    pub found: Vec<F>,
    /// The number of rows that were checked.
    pub checked: usize,
    /// The seq of the last of them; `None` at the end of the range.
    pub last: Option<i64>,
}

/// Found rows that end a scan, so that the lock is short.
const MOST_FOUND: usize = 4_096;

impl<F> Scan<F> {
    /// Checks rows until `most` are checked or many are found.
    pub(super) fn run<R>(
        mut rows: impl Iterator<Item = (i64, R)>,
        most: usize,
        check: impl Fn(i64, R) -> Option<F>,
    ) -> Self {
        let (mut found, mut checked, mut last) = (Vec::new(), 0, None);
        while checked < most && found.len() < MOST_FOUND {
            let row = rows.next();
            last = row.as_ref().map(|(seq, _)| *seq);
            let Some((seq, row)) = row else { break };
            checked += 1;
            found.extend(check(seq, row));
        }
        Self {
            found,
            checked,
            last,
        }
    }
}
