//! Write health: whether the ledger accepts new entries, and if not, why. The writer updates it; readiness and metrics read it.
//!
//! Each change is logged once. Invariant: an idempotent retry is answered in any state.

use std::sync::Arc;

use crate::database::FileIdentity;
use crate::error::Error;
use crate::model::suspension::Suspension;
use crate::model::time::{ClockFn, Timestamp};
use parking_lot::Mutex;

/// How far the clock may be behind the newest entry. Clocks of several servers differ by less.
const MAX_CLOCK_LAG: i64 = 60_000_000; // µs

/// What to do if the clock is behind the newest entry by more than [`MAX_CLOCK_LAG`]: either it is wrong now, or it was when
/// that entry was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockCheck {
    /// Accept no new entries: they would get times that are ahead of the clock.
    #[default]
    Refuse,
    Allow,
}

impl ClockCheck {
    pub fn new(is_allowed: bool) -> Self {
        if is_allowed {
            Self::Allow
        } else {
            Self::Refuse
        }
    }

    /// # Errors
    /// `Error::ClockBehind` if `now` is too far behind the time of the newest entry.
    pub(super) fn check(self, now: Timestamp, newest: Option<i64>) -> Result<(), Error> {
        let lag = newest.map_or(0, |newest| newest.saturating_sub(now.0));
        if self == Self::Allow || lag <= MAX_CLOCK_LAG {
            return Ok(());
        }
        let newest = newest.map_or(now, Timestamp);
        Err(Error::ClockBehind(format!(
            "the server's clock ({now}) is more than a minute behind the newest ledger entry ({newest}): nothing was written; \
             reads still work. The operator must correct the clock, or allow it with --allow-clock-behind"
        )))
    }
}

/// Clones share one state.
#[derive(Clone)]
pub struct WriteHealth {
    clock: ClockFn,
    clock_check: ClockCheck,
    files: FileIdentity,
    current: Arc<Mutex<Option<Suspension>>>,
}

impl WriteHealth {
    pub fn new(clock: ClockFn, clock_check: ClockCheck) -> Self {
        Self {
            clock,
            clock_check,
            files: FileIdentity::default(),
            current: Arc::default(),
        }
    }

    /// Sets the files that must not be replaced.
    #[must_use]
    pub fn with_files(self, files: FileIdentity) -> Self {
        Self { files, ..self }
    }

    /// # Errors
    /// `Error::FileReplaced` if the database file is not the one that was opened; a commit would be lost.
    pub(super) fn check_files(&self) -> Result<(), Error> {
        if self.files.is_unchanged() {
            return Ok(());
        }
        Err(Error::FileReplaced)
    }

    pub(super) fn clock(&self) -> &ClockFn {
        &self.clock
    }

    pub(super) fn clock_check(&self) -> ClockCheck {
        self.clock_check
    }

    /// The reason why an entry after the newest one would be rejected now.
    pub fn suspension(&self, newest: Option<i64>) -> Option<Suspension> {
        let result = self.clock_check.check((self.clock)(), newest);
        let files = self.check_files();
        let mut current = self.current.lock();
        match (&result, *current) {
            _ if files.is_err() => {
                let replaced = Suspension::FileReplaced;
                change(
                    &mut current,
                    files.as_ref().err().map(|error| (replaced, error)),
                );
            }
            (Err(error), _) => change(&mut current, Some((Suspension::ClockBehind, error))),
            (Ok(()), Some(Suspension::ClockBehind | Suspension::FileReplaced)) => {
                change(&mut current, None);
            }
            (Ok(()), _) => {}
        }
        *current
    }

    /// Records the result of a write: an error, or success.
    pub(super) fn observe(&self, error: Option<&Error>) {
        let suspension = match error {
            None => None,
            Some(error @ Error::ClockBehind(_)) => Some((Suspension::ClockBehind, error)),
            Some(error @ Error::FileReplaced) => Some((Suspension::FileReplaced, error)),
            Some(error @ Error::StorageFull) => Some((Suspension::StorageFull, error)),
            Some(error @ Error::ReadOnly(_)) => Some((Suspension::ReadOnly, error)),
            Some(_) => return,
        };
        let mut current = self.current.lock();
        change(&mut current, suspension);
    }

    /// Whether the next write shows if the reason still exists: nothing else does.
    pub(super) fn needs_trial(&self) -> bool {
        let current = self.current.lock();
        matches!(
            *current,
            Some(Suspension::StorageFull | Suspension::ReadOnly)
        )
    }

    /// An I/O error of SQLite is a full disk if a file next to the database cannot be written either: SQLite does not tell an
    /// exceeded quota (EDQUOT) from other errors.
    pub(super) fn classify(&self, error: Error) -> Error {
        if error.is_sqlite_io_error() && !self.files.has_room() {
            return Error::StorageFull;
        }
        error
    }
}

fn change(current: &mut Option<Suspension>, new: Option<(Suspension, &Error)>) {
    let reason = new.map(|(suspension, _)| suspension);
    if *current == reason {
        return;
    }
    *current = reason;
    if let Some((suspension, error)) = new {
        let reason = <&str>::from(suspension);
        tracing::error!(reason, cause = %error.cause_chain(), "writes are rejected");
    } else {
        tracing::info!("writes are accepted again");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_lag_by_a_minute() {
        let check = |check: ClockCheck, now| check.check(Timestamp(now), Some(100_000_000));
        assert!(check(ClockCheck::Refuse, 40_000_000).is_ok());
        assert!(check(ClockCheck::Refuse, 39_999_999).is_err());
        assert!(check(ClockCheck::Allow, 0).is_ok());
        assert!(ClockCheck::Refuse.check(Timestamp(0), None).is_ok());
    }
}
