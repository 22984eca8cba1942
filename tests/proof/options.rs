//! Command line: tests, amounts and databases.

use clap::{Parser, ValueEnum};

use crate::backend::Databases;
use crate::harness::Harness;

/// Verifies the guarantees of docs/reliability.md. Each test has its own small default for every number.
#[derive(Debug, Parser)]
pub struct Options {
    /// Seed; another seed selects other times, filters and orders.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub databases: Databases,
    /// Also fail if a time goal of docs/reliability.md is missed.
    #[arg(long)]
    pub timed: bool,
    /// Number of kills, full disks or restarts.
    #[arg(long)]
    pub rounds: Option<u64>,
    /// Minimum number of acknowledged writes.
    #[arg(long)]
    pub acknowledgements: Option<u64>,
    /// Minimum number of delivered events.
    #[arg(long)]
    pub events: Option<u64>,
    /// Approximate number of disconnects with a resume.
    #[arg(long)]
    pub resumes: Option<u64>,
    /// Number of ledger entries.
    #[arg(long)]
    pub entries: Option<u64>,
    #[arg(long)]
    pub subscribers: Option<usize>,
    /// Number of subscribers that stop reading.
    #[arg(long)]
    pub slow_subscribers: Option<usize>,
    /// Number of distinct requests.
    #[arg(long)]
    pub requests: Option<u64>,
    /// Number of connections from one address.
    #[arg(long)]
    pub connections: Option<usize>,
    #[arg(long)]
    pub minutes: Option<f64>,
    #[command(flatten)]
    pub harness: Harness,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Property {
    Kills,
    Fsync,
    Resume,
    LiveQueries,
    Imports,
    Disk,
    SlowSubscribers,
    ReconnectStorm,
    Servers,
    Soak,
    Memory,
    Tampering,
    Webhooks,
}

impl Property {
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        let value = value.expect("no variant is skipped");
        value.get_name().to_owned()
    }
}

impl Options {
    pub fn selected_properties(&self) -> impl Iterator<Item = Property> {
        let properties = Property::value_variants().iter().copied();
        properties.filter(|property| self.harness.selects(&property.name()))
    }
}
