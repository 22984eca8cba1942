//! Command line: number of commands, seed and databases.

use clap::Parser;

use crate::backend::Databases;
use crate::harness::Harness;

/// Compares the service with a reference model of its rules, command by command.
#[derive(Debug, Parser)]
pub struct Options {
    /// Seed; another seed generates other commands.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Number of commands on each database.
    #[arg(long, default_value_t = 1_000)]
    pub commands: usize,
    /// Number of commands in one case; each case has a new database.
    #[arg(long, default_value_t = 250)]
    pub length: usize,
    /// Run only the case with this number (from 0), as printed with a failure.
    #[arg(long)]
    pub case: Option<usize>,
    /// Maximum time for shrinking a failing case, in seconds.
    #[arg(long, default_value_t = 120)]
    pub shrink: u32,
    #[command(flatten)]
    pub databases: Databases,
    #[command(flatten)]
    pub harness: Harness,
}

/// The only test.
pub const NAME: &str = "model";
