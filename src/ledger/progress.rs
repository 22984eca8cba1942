//! Progress of a command over many entries.

/// Receives how many entries there are and how many of them are done. `()` ignores both.
pub trait Progress: Sync {
    fn add_expected(&self, entries: usize);
    fn add_done(&self, entries: usize);
}

impl Progress for () {
    fn add_expected(&self, _: usize) {}

    fn add_done(&self, _: usize) {}
}
