//! What a run is asked for, what it counts, and how it fails.

use std::fmt;
use std::time::Duration;

use crate::alarm;
use crate::journal::Journal;

/// What is to be done.
pub struct Plan {
    pub inputs: u64,
    pub seed: u64,
    /// Whether an input that takes too long is a failure. Not in a short run: it shares its machine with other tests.
    pub is_timed: bool,
    pub journal: Journal,
}

/// What was done so far.
#[derive(Default)]
pub struct Tally {
    let_through: u64,
    refused: u64,
    slowest: Duration,
    /// Whatever else is worth a word.
    pub notes: Vec<String>,
}

/// An input of which a claim does not hold.
#[derive(Debug)]
pub struct Failure {
    pub claim: String,
    pub input: Vec<u8>,
}

impl Plan {
    /// Batches and their lengths: each has a seed of its own.
    pub fn batches(&self, length: u64) -> impl Iterator<Item = (u64, u64)> + use<> {
        let inputs = self.inputs;
        (0..inputs.div_ceil(length)).map(move |batch| (batch, length.min(inputs - batch * length)))
    }
}

impl Tally {
    pub fn count(&mut self, is_let_through: bool, took: Duration) {
        if is_let_through {
            self.let_through += 1;
        } else {
            self.refused += 1;
        }
        self.slowest = self.slowest.max(took);
    }

    pub fn inputs(&self) -> u64 {
        self.let_through + self.refused
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} inputs, {} let through, {} refused, slowest {:.1?}",
            self.inputs(),
            self.let_through,
            self.refused,
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
            self.claim,
            self.input.escape_ascii()
        )
    }
}

/// # Errors
/// If it does not hold of the input.
pub fn claim(holds: bool, input: &[u8], claim: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds {
        return Ok(());
    }
    Err(Failure {
        claim: claim(),
        input: input.to_vec(),
    })
}

/// # Errors
/// If anything panicked or was logged as an error since the last time.
pub fn claim_quiet(input: &[u8]) -> Result<(), Failure> {
    let heard = alarm::take();
    claim(heard.is_empty(), input, || heard.join("; "))
}
