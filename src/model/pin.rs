//! Pins: an earlier state of the ledger, that an answer is fixed to.

use std::sync::Arc;

use super::time::Timestamp;

/// The state of the ledger just after one entry. Instants of recording rise with each entry, so `seq` and `recorded_at` name the
/// same state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub seq: i64,
    pub recorded_at: Timestamp,
    /// Hash of the entry; 64 hexadecimal digits.
    pub hash: Arc<str>,
}

impl Pin {
    /// Whether a row existed whose entry has this seq.
    pub fn includes(&self, seq: i64) -> bool {
        seq <= self.seq
    }
}

/// The pin that a client requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinRequest {
    /// From 1.
    pub seq: i64,
    /// The generation of the ledger in which it is meant; any, if absent.
    pub generation: Option<String>,
}
