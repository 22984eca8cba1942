//! The command line: which properties, how much of each, on which database.

use clap::{Parser, ValueEnum};

/// Proves what docs/reliability.md promises. Each number has a small value of its own in each property unless it is
/// given.
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the flags of test harnesses, each handed in by itself"
)]
pub struct Options {
    /// Another seed draws other moments, filters and orders.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The only database.
    #[arg(long)]
    pub database: Option<Kind>,
    /// A PostgreSQL server to make databases in; without it, one is started.
    #[arg(long, env = "DEMARCHE_TEST_POSTGRES_URL")]
    pub postgres: Option<String>,
    /// If it is set to anything, a run without PostgreSQL fails.
    #[arg(long, env = "DEMARCHE_TEST_POSTGRES_REQUIRED", hide = true)]
    pub postgres_required: Option<String>,
    /// Fail when a time of docs/reliability.md is not kept, too.
    #[arg(long)]
    pub timed: bool,
    /// Kills, full disks, restarts.
    #[arg(long)]
    pub rounds: Option<u64>,
    /// Writes that are acknowledged, at least.
    #[arg(long)]
    pub acknowledgements: Option<u64>,
    /// Events that are delivered, at least.
    #[arg(long)]
    pub events: Option<u64>,
    /// How often subscribers hang up and come back, about.
    #[arg(long)]
    pub resumes: Option<u64>,
    /// Entries of the ledger.
    #[arg(long)]
    pub entries: Option<u64>,
    #[arg(long)]
    pub subscribers: Option<usize>,
    /// Subscribers that stop reading.
    #[arg(long)]
    pub stalled: Option<usize>,
    #[arg(long)]
    pub minutes: Option<f64>,
    /// Properties whose name holds one of these words; without any, all.
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

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Property {
    Kills,
    Syncs,
    Resume,
    Imports,
    Disk,
    Stalled,
    Herd,
    Servers,
    Soak,
    Tampering,
}

impl Property {
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        let value = value.expect("no variant is skipped");
        value.get_name().to_owned()
    }
}

impl Options {
    pub fn wanted(&self) -> impl Iterator<Item = Property> {
        let properties = Property::value_variants().iter().copied();
        properties.filter(|property| {
            let is_named = |filter: &String| property.name().contains(filter.as_str());
            self.filters.is_empty() || self.filters.iter().any(is_named)
        })
    }
}
