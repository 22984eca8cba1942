//! What ties an answer to its lines in the log.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// As in `5f3a9c01-42`: the run of the server, and a number within it.
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

/// Numbers the requests of one run of the server.
#[derive(Debug)]
pub struct RequestIds {
    run: u32,
    last: AtomicU64,
}

impl RequestIds {
    /// `run` is drawn at random, so that two runs do not share an id.
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
