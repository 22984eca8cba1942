//! The command line: how many commands, on which database.

use clap::{Parser, ValueEnum};

/// Compares the service with a model of its rules, command by command.
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the flags of test harnesses, each handed in by itself"
)]
pub struct Options {
    /// Another seed draws other commands.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Commands on each database.
    #[arg(long, default_value_t = 1_000)]
    pub commands: usize,
    /// Commands in one case: on one database, from its beginning to its end.
    #[arg(long, default_value_t = 250)]
    pub length: usize,
    /// Only the case of this number, from 0, as a failure names it.
    #[arg(long)]
    pub case: Option<usize>,
    /// Seconds for which a failure is made smaller.
    #[arg(long, default_value_t = 120)]
    pub shrink: u32,
    /// The only database.
    #[arg(long)]
    pub database: Option<Kind>,
    /// A PostgreSQL server to make databases in; without it, one is started.
    #[arg(long, env = "DEMARCHE_TEST_POSTGRES_URL")]
    pub postgres: Option<String>,
    /// If it is set to anything, it is a failure to leave PostgreSQL out.
    #[arg(long, env = "DEMARCHE_TEST_POSTGRES_REQUIRED")]
    pub postgres_required: Option<String>,
    /// Words of which one must be in the name of the only test; without any, it runs.
    pub filters: Vec<String>,
    #[arg(long, hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    test_threads: Option<usize>,
    /// What cargo-nextest asks of every test binary: the names of its tests, and then each by its whole name.
    #[arg(long, hide = true)]
    pub list: bool,
    #[arg(long, hide = true)]
    format: Option<String>,
    #[arg(long, hide = true)]
    pub ignored: bool,
    #[arg(long, hide = true)]
    exact: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The only test.
pub const NAME: &str = "model";

impl Options {
    pub fn is_wanted(&self) -> bool {
        let is_named = |filter: &String| NAME.contains(filter.as_str());
        // Nothing here is ignored.
        !self.ignored && (self.filters.is_empty() || self.filters.iter().any(is_named))
    }
}
