//! Rate limit status of a caller, as `viewer { rateLimit }` returns it.

use std::time::Duration;

/// A caller's token bucket, just after an operation was charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitStatus {
    /// Cost that the operation was charged.
    pub cost: u32,
    /// Capacity of the bucket.
    pub limit: u32,
    pub remaining: u32,
    /// Time until the bucket is full, if nothing more is charged.
    pub full_after: Duration,
}
