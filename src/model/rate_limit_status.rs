//! What a caller may spend.

use std::time::Duration;

/// A caller's bucket of cost, just after an operation was charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What the operation was charged.
    pub cost: u32,
    /// What the bucket holds when it is full.
    pub limit: u32,
    pub remaining: u32,
    /// Until the bucket is full, if nothing more is spent.
    pub full_in: Duration,
}
