//! What a test binary without a harness is asked for all the same, by cargo and by cargo-nextest.

use clap::Args;

#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the flags of test harnesses, each handed in by itself"
)]
pub struct Harness {
    /// Tests whose name holds one of these words; without any, all.
    filters: Vec<String>,
    #[arg(long, hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    test_threads: Option<usize>,
    /// What cargo-nextest asks of every test binary: the names of its tests, and then each by its whole name.
    #[arg(long, hide = true)]
    pub list: bool,
    #[arg(long, hide = true)]
    format: Option<String>,
    /// Those that are ignored by default: none is.
    #[arg(long, hide = true)]
    ignored: bool,
    #[arg(long, hide = true)]
    exact: bool,
}

impl Harness {
    pub fn wants(&self, test: &str) -> bool {
        let is_named = |filter: &String| test.contains(filter.as_str());
        !self.ignored && (self.filters.is_empty() || self.filters.iter().any(is_named))
    }
}
