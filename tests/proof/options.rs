//! The command line: which properties, how much of each, on which database.

use clap::{Parser, ValueEnum};

use crate::backend::Databases;
use crate::harness::Harness;

/// Proves what docs/reliability.md promises. Each number has a small value of its own in each property unless it is
/// given.
#[derive(Debug, Parser)]
pub struct Options {
    /// Another seed draws other moments, filters and orders.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub databases: Databases,
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
    #[command(flatten)]
    pub harness: Harness,
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
        properties.filter(|property| self.harness.wants(&property.name()))
    }
}
