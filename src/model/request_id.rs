//! What ties an answer to its lines in the log.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// As in `5f3a9c01-42`: the run of the server, and a number within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Numbers the requests of one run of the server.
#[derive(Debug)]
pub struct RequestIds {
    run: String,
    last: AtomicU64,
}

impl RequestIds {
    /// `run` is drawn at random, so that two runs do not share an id.
    pub fn new(run: [u8; 4]) -> Self {
        Self {
            run: data_encoding::HEXLOWER.encode(&run),
            last: AtomicU64::new(0),
        }
    }

    pub fn next(&self) -> RequestId {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        RequestId(format!("{}-{number}", self.run))
    }
}
