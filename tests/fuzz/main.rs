//! Inputs that nobody would write, drawn from a seed: what hostile bytes can reach is thrown at, and its claims are kept.
//!
//! `cargo test` throws a few thousand at each subject; `cargo test --release --test fuzz -- --inputs 1000000` is the long
//! run. A subject runs in a process of its own, because a stack that overflows ends its process and no test can catch it.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "modules of one binary: pub says who may use it, not that it leaves"
)]
#![expect(
    clippy::print_stdout,
    reason = "a program without a harness: what it found is its output"
)]

/// Panics and logged errors, wherever they happen.
mod alarm;
/// What must hold of an input, and what was counted meanwhile.
mod claim;
/// Draws from a seed.
mod dice;
/// The input that is being tried, for the case that nobody survives it.
mod journal;
/// JSON that is not what it was.
mod json;
/// A running server.
mod live;
/// A process for each subject.
mod offspring;
/// Texts that break things.
mod text;

/// Cursors of pages and of the ledger.
mod cursors;
/// GraphQL documents, from the guard to the answer.
mod documents;
/// Dates as sources give them.
mod edtf;
/// Import documents.
mod importer;
/// Messages and frames to a socket.
mod websocket;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use claim::{Plan, Tally};
use journal::Journal;

/// Inputs for each subject unless told otherwise: about half a minute of a debug build in all.
const FEW: u64 = 3_000;

/// Throws random inputs at what reads hostile bytes.
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the flags of test harnesses, each handed in by itself"
)]
struct Options {
    /// Inputs for each subject; costly ones take a share of it. With as many as 100000, a release build also holds
    /// each input to its limit of time.
    #[arg(long, default_value_t = FEW)]
    inputs: u64,
    /// Another seed draws other inputs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The only subject.
    #[arg(long)]
    only: Option<Subject>,
    /// Where the process of a subject keeps the input that it tries.
    #[arg(long, hide = true, requires = "only")]
    journal: Option<PathBuf>,
    /// What `cargo test WORD` hands to every test binary: subjects whose name holds it.
    #[arg(hide = true)]
    filters: Vec<String>,
    #[arg(long, hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    test_threads: Option<usize>,
    /// What cargo-nextest asks of every test binary: the names of its tests, and then each by its whole name.
    #[arg(long, hide = true)]
    list: bool,
    #[arg(long, hide = true)]
    format: Option<String>,
    #[arg(long, hide = true)]
    ignored: bool,
    #[arg(long, hide = true)]
    exact: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Subject {
    Cursors,
    Edtf,
    Importer,
    Documents,
    Websocket,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.list {
        let subjects = Subject::value_variants().iter();
        // None of them is ignored.
        for subject in subjects.filter(|_| !options.ignored) {
            println!("{}: test", subject.name());
        }
        return ExitCode::SUCCESS;
    }
    let is_well = match (&options.journal, options.only) {
        (Some(journal), Some(subject)) => run(subject, &options, Journal::open(journal)),
        _ => offspring::run_each(&options),
    };
    ExitCode::from(u8::from(!is_well))
}

/// One subject, here; says what came of it.
fn run(subject: Subject, options: &Options, journal: Journal) -> bool {
    alarm::set();
    let plan = Plan {
        inputs: (options.inputs / subject.price()).max(1),
        seed: options.seed,
        is_timed: options.inputs >= 100_000 && !cfg!(debug_assertions),
        journal,
    };
    let mut tally = Tally::default();
    let failure = match subject {
        Subject::Cursors => cursors::run(&plan, &mut tally),
        Subject::Edtf => edtf::run(&plan, &mut tally),
        Subject::Importer => importer::run(&plan, &mut tally),
        Subject::Documents => documents::run(&plan, &mut tally),
        Subject::Websocket => websocket::run(&plan, &mut tally),
    }
    .err();
    println!("{}: {tally}", subject.name());
    if let Some(failure) = &failure {
        println!("{}: {failure}", subject.name());
    }
    println!(
        "{} passed, {} failed",
        tally.inputs(),
        u8::from(failure.is_some())
    );
    failure.is_none()
}

impl Subject {
    fn name(self) -> String {
        let value = self.to_possible_value();
        let value = value.expect("no variant is skipped");
        value.get_name().to_owned()
    }

    /// How many inputs of a cheap subject take as long as one of this.
    fn price(self) -> u64 {
        match self {
            Self::Cursors | Self::Edtf | Self::Documents => 1,
            Self::Importer => 5,
            Self::Websocket => 20,
        }
    }

    fn is_wanted(self, options: &Options) -> bool {
        let is_named = |filter: &String| self.name().contains(filter.as_str());
        match options.only {
            Some(only) => only.name() == self.name(),
            None => options.filters.is_empty() || options.filters.iter().any(is_named),
        }
    }
}
