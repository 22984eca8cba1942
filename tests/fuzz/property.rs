//! Parameters, statistics and failures of a run, and the assertions that produce the failures.

use std::fmt;
use std::time::Duration;

use crate::error_capture;
use crate::journal::Journal;

/// Parameters of a run.
pub struct Plan {
    pub inputs: u64,
    pub seed: u64,
    /// Whether a slow input is a failure. Not in a short run, which shares the machine with other tests.
    pub is_timed: bool,
    pub journal: Journal,
}

/// Statistics of a run.
#[derive(Default)]
pub struct Stats {
    accepted: u64,
    rejected: u64,
    slowest: Duration,
    /// Further text for the summary.
    pub notes: Vec<String>,
}

/// An input that violates a property.
#[derive(Debug)]
pub struct Failure {
    pub violation: String,
    pub input: Vec<u8>,
}

impl Plan {
    /// Batches and their lengths; each batch has its own seed.
    pub fn batches(&self, length: u64) -> impl Iterator<Item = (u64, u64)> + use<> {
        let inputs = self.inputs;
        (0..inputs.div_ceil(length)).map(move |batch| (batch, length.min(inputs - batch * length)))
    }
}

impl Stats {
    pub fn count(&mut self, is_accepted: bool, duration: Duration) {
        if is_accepted {
            self.accepted += 1;
        } else {
            self.rejected += 1;
        }
        self.slowest = self.slowest.max(duration);
    }

    pub fn inputs(&self) -> u64 {
        self.accepted + self.rejected
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} inputs, {} accepted, {} rejected, slowest {:.1?}",
            self.inputs(),
            self.accepted,
            self.rejected,
            self.slowest
        )?;
        for note in &self.notes {
            write!(f, ", {note}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "FAILED: {}\n  input: {}",
            self.violation,
            self.input.escape_ascii()
        )
    }
}

/// # Errors
/// If the property does not hold for the input.
pub fn ensure(
    condition: bool,
    input: &[u8],
    violation: impl FnOnce() -> String,
) -> Result<(), Failure> {
    if condition {
        return Ok(());
    }
    Err(Failure {
        violation: violation(),
        input: input.to_vec(),
    })
}

/// # Errors
/// If a panic or an error was captured since the last call.
pub fn ensure_no_errors(input: &[u8]) -> Result<(), Failure> {
    let errors = error_capture::take();
    ensure(errors.is_empty(), input, || errors.join("; "))
}
