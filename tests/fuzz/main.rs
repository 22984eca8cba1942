//! Fuzz tests with a reproducible seed for all code that handles untrusted input.
//!
//! `cargo test` tries a few thousand inputs for each subject; `cargo test --release --test fuzz -- --inputs 1000000` is
//! the long run. Each subject runs in a child process, because a stack overflow kills the process and no test can catch
//! it.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "`pub` items are used by other modules of this binary"
)]
#![expect(
    clippy::print_stdout,
    reason = "a test program without a harness prints its results"
)]

/// One child process per subject.
mod child_process;
/// Capture of panics and logged errors.
mod error_capture;
/// The input that is being tried, for the case that the process crashes.
mod journal;
/// Mutations of JSON.
mod json;
/// Parameters, statistics and assertions.
mod property;
/// Random values from a seed.
mod random;
/// A running server.
mod test_server;
/// Unusual texts.
mod text;

/// Page and ledger cursors.
mod cursors;
/// GraphQL documents, from the limits check to the response.
mod documents;
/// EDTF dates.
mod edtf;
/// Import documents.
mod importer;
/// WebSocket messages and frames.
mod websocket;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use journal::Journal;
use property::{Plan, Stats};

/// Default number of inputs for each subject: about half a minute of a debug build in all.
const DEFAULT_INPUTS: u64 = 3_000;

/// Feeds random inputs to the code that handles untrusted input.
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the flags of test harnesses are independent"
)]
struct Options {
    /// Inputs for each subject; expensive subjects get fewer. From 100000 on, a release build also enforces a time
    /// limit for each input.
    #[arg(long, default_value_t = DEFAULT_INPUTS)]
    inputs: u64,
    /// Seed; another seed generates other inputs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run only this subject.
    #[arg(long)]
    only: Option<Subject>,
    /// File for the input that is being tried.
    #[arg(long, hide = true, requires = "only")]
    journal: Option<PathBuf>,
    /// `cargo test WORD` passes this to every test binary: run only subjects whose name contains it.
    #[arg(hide = true)]
    filters: Vec<String>,
    #[arg(long, hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    test_threads: Option<usize>,
    /// cargo-nextest lists the tests of every binary, then runs each by its full name.
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
        // No subject is ignored.
        for subject in subjects.filter(|_| !options.ignored) {
            println!("{}: test", subject.name());
        }
        return ExitCode::SUCCESS;
    }
    let has_passed = match (&options.journal, options.only) {
        (Some(journal), Some(subject)) => run(subject, &options, Journal::open(journal)),
        _ => child_process::run_each(&options),
    };
    ExitCode::from(u8::from(!has_passed))
}

/// Runs one subject in this process and prints the result.
fn run(subject: Subject, options: &Options, journal: Journal) -> bool {
    error_capture::install();
    let plan = Plan {
        inputs: (options.inputs / subject.cost()).max(1),
        seed: options.seed,
        is_timed: options.inputs >= 100_000 && !cfg!(debug_assertions),
        journal,
    };
    let mut stats = Stats::default();
    let failure = match subject {
        Subject::Cursors => cursors::run(&plan, &mut stats),
        Subject::Edtf => edtf::run(&plan, &mut stats),
        Subject::Importer => importer::run(&plan, &mut stats),
        Subject::Documents => documents::run(&plan, &mut stats),
        Subject::Websocket => websocket::run(&plan, &mut stats),
    }
    .err();
    println!("{}: {stats}", subject.name());
    if let Some(failure) = &failure {
        println!("{}: {failure}", subject.name());
    }
    println!(
        "{} passed, {} failed",
        stats.inputs(),
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

    /// Cost of one input relative to the cheapest subjects.
    fn cost(self) -> u64 {
        match self {
            Self::Cursors | Self::Edtf | Self::Documents => 1,
            Self::Importer => 5,
            Self::Websocket => 20,
        }
    }

    fn is_selected(self, options: &Options) -> bool {
        let is_named = |filter: &String| self.name().contains(filter.as_str());
        match options.only {
            Some(only) => only.name() == self.name(),
            None => options.filters.is_empty() || options.filters.iter().any(is_named),
        }
    }
}
