//! Command-line options that cargo and cargo-nextest pass to every test binary, for binaries without the default
//! harness.

use clap::Args;

#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the flags of test harnesses are independent"
)]
pub struct Harness {
    /// Run only tests whose name contains one of these texts.
    filters: Vec<String>,
    #[arg(long, hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    test_threads: Option<usize>,
    /// cargo-nextest lists the tests of every binary, then runs each by its full name.
    #[arg(long, hide = true)]
    pub list: bool,
    #[arg(long, hide = true)]
    format: Option<String>,
    /// Select ignored tests: there are none.
    #[arg(long, hide = true)]
    ignored: bool,
    #[arg(long, hide = true)]
    exact: bool,
}

impl Harness {
    pub fn selects(&self, test: &str) -> bool {
        let is_named = |filter: &String| test.contains(filter.as_str());
        !self.ignored && (self.filters.is_empty() || self.filters.iter().any(is_named))
    }
}
