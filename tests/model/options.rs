//! The command line: how many commands, on which database.

use clap::Parser;

use crate::backend::Databases;
use crate::harness::Harness;

/// Compares the service with a model of its rules, command by command.
#[derive(Debug, Parser)]
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
    #[command(flatten)]
    pub databases: Databases,
    #[command(flatten)]
    pub harness: Harness,
}

/// The only test.
pub const NAME: &str = "model";
