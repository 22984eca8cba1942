//! Request IDs: link a response to its log lines.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// For example `5f3a9c01-42`: a random number of the server's run, and the number of the request within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId {
    run: u32,
    number: u64,
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{}", self.run, self.number)
    }
}

/// Generates the request IDs of one run of the server.
#[derive(Debug)]
pub struct RequestIds {
    run: u32,
    last: AtomicU64,
}

impl RequestIds {
    /// `run` is random, so that two runs do not share an ID.
    pub fn new(run: [u8; 4]) -> Self {
        Self {
            run: u32::from_be_bytes(run),
            last: AtomicU64::new(0),
        }
    }

    pub fn next(&self) -> RequestId {
        RequestId {
            run: self.run,
            number: self.last.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }
}
