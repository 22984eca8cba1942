//! Progress of a command over many entries, rows or bytes.

/// Receives how many of them there are and how many are done. `()` ignores both.
pub trait Progress: Sync {
    fn add_expected(&self, count: usize);
    fn add_done(&self, count: usize);
}

impl Progress for () {
    fn add_expected(&self, _: usize) {}

    fn add_done(&self, _: usize) {}
}
