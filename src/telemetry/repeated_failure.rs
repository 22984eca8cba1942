//! Repeated failures: a failure that lasts is logged once when it begins and once when it is over, with its number.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// One kind of failure.
#[derive(Debug)]
pub struct RepeatedFailure {
    /// What fails, for the line that says that it is over, for example `the feed's reads of the ledger`.
    what: &'static str,
    current: Mutex<Option<Failures>>,
}

/// The failures since the last success.
#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u64,
    first: Instant,
    last: Instant,
}

impl RepeatedFailure {
    pub const fn new(what: &'static str) -> Self {
        Self {
            what,
            current: Mutex::new(None),
        }
    }

    /// Counts a failure; true for the first since the last success, which the caller logs.
    pub fn begins(&self) -> bool {
        let mut current = self.current.lock();
        let now = Instant::now();
        let (count, first) =
            current.map_or((1, now), |failures| (failures.count + 1, failures.first));
        *current = Some(Failures {
            count,
            first,
            last: now,
        });
        count == 1
    }

    /// Notes a success; logs that the failure is over, if there was one.
    pub fn ends(&self) {
        self.ends_after(Duration::ZERO);
    }

    /// As [`RepeatedFailure::ends`], but only a while after the last failure: for attempts of which some succeed meanwhile.
    pub fn ends_after(&self, pause: Duration) {
        let mut current = self.current.lock();
        let Some(Failures { count, first, .. }) =
            current.take_if(|failures| failures.last.elapsed() >= pause)
        else {
            return;
        };
        let seconds = first.elapsed().as_secs();
        tracing::info!(failures = count, seconds, "{} work again", self.what);
    }

    pub fn is_failing(&self) -> bool {
        let current = self.current.lock();
        current.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_begins_once_and_again_after_a_success() {
        let failure = RepeatedFailure::new("attempts");
        assert!(failure.begins() && !failure.begins() && failure.is_failing());
        failure.ends_after(Duration::from_mins(1));
        assert!(failure.is_failing() && !failure.begins());
        failure.ends();
        assert!(!failure.is_failing() && failure.begins());
    }
}
