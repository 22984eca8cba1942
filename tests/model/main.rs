//! Model-based test of the whole service: runs random commands against a server and against a small reference model of
//! the rules, and compares the responses after each command.
//!
//! `cargo test` runs a short form; `cargo test --release --test model -- --commands 100000 --seed 7` is a long one. A
//! failing case is shrunk and printed with its seed.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "`pub` items are used by other modules of this binary"
)]
#![expect(
    clippy::print_stdout,
    reason = "a test program without a harness prints its results"
)]

#[path = "../proof/harness.rs"]
mod harness;
/// Command-line options.
mod options;

/// Commands of a test case.
mod command;
/// EDTF dates.
mod date;
/// Shrinking of a failing case.
mod shrink;
/// Random commands.
mod strategies;

/// Expected responses.
mod expected;
/// The reference model.
mod rules;

/// Import documents.
mod document;
/// Mutations and their inputs.
mod mutation;

#[path = "../proof/backend.rs"]
mod backend;
#[expect(
    dead_code,
    reason = "some functions are used by the fault-injection tests only"
)]
#[path = "../proof/postgres.rs"]
mod postgres;
/// A temporary database.
mod test_database;

/// HTTP client.
mod client;
/// Subscription filters.
mod filter;
/// The service and its administrative commands.
mod service;
#[expect(
    dead_code,
    reason = "some functions are used by the fault-injection tests only"
)]
#[path = "../proof/socket.rs"]
mod socket;
/// Subscriber.
mod subscriber;

/// Execution of one case.
mod run;
/// Statistics.
mod statistics;

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::thread::ScopedJoinHandle;
use std::time::Instant;

use clap::Parser;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::Runtime;

use backend::Backend;
use command::Command;
use options::{NAME, Options};
use shrink::{Progress, Sequences};
use statistics::Statistics;

/// The value, or a description of the difference.
pub type TestResult<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let options = Options::parse();
    if !options.harness.selects(NAME) {
        return ExitCode::SUCCESS;
    }
    if options.harness.list {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    let backends = match options.databases.list_available() {
        Ok(backends) => backends,
        Err(reason) => {
            println!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    println!("seed {}", options.seed);
    let options = &options;
    let passed = std::thread::scope(|scope| {
        let start = |backend| scope.spawn(move || passes(backend, options));
        let running: Vec<_> = backends.iter().map(start).collect();
        let results = running.into_iter().map(ScopedJoinHandle::join);
        results.filter(|result| matches!(result, Ok(true))).count()
    });
    ExitCode::from(u8::from(passed < backends.len()))
}

/// Whether the service and the model agree; prints the result.
fn passes(backend: &Backend, options: &Options) -> bool {
    let runtime = Runtime::new().expect("threads can be created");
    let started = Instant::now();
    let statistics = RefCell::default();
    let cases = options.commands.div_ceil(options.length.max(1));
    let selected = (0..cases).filter(|case| options.case.is_none_or(|only| only == *case));
    for case in selected {
        let remaining = options.commands - case * options.length;
        let progress = Progress::default();
        let sequences = Sequences {
            command: strategies::command(),
            length: options.length.min(remaining),
            progress: Rc::clone(&progress),
        };
        let run_case = |commands: Vec<Command>| {
            let mut statistics = statistics.borrow_mut();
            let result = runtime.block_on(run::run_case(
                backend,
                &commands,
                &progress,
                &mut statistics,
            ));
            result.map_err(TestCaseError::fail)
        };
        if let Err(failure) = runner(options, case).run(&sequences, run_case) {
            let report = describe_failure(&failure, options, case);
            println!("{NAME} on {}: {report}", backend.name());
            return false;
        }
    }
    let statistics = Statistics {
        took: started.elapsed(),
        ..statistics.into_inner()
    };
    println!("{NAME} on {}: {statistics}", backend.name());
    true
}

/// Limit of shrink attempts; the time limit takes effect first. (`u32::MAX` would mean four attempts per case.)
const MAX_SHRINK_ATTEMPTS: u32 = 1_000_000;

/// The same seed and case generate the same commands.
fn runner(options: &Options, case: usize) -> TestRunner {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&options.seed.to_le_bytes());
    seed[8..16].copy_from_slice(&(case as u64).to_le_bytes());
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: MAX_SHRINK_ATTEMPTS,
        max_shrink_time: options.shrink.saturating_mul(1_000).max(1),
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

fn describe_failure(failure: &TestError<Vec<Command>>, options: &Options, case: usize) -> String {
    let (seed, length, commands) = (options.seed, options.length, options.commands);
    let arguments = format!("--seed {seed} --commands {commands} --length {length} --case {case}");
    match failure {
        TestError::Abort(reason) => format!("aborted with {arguments}: {reason}"),
        TestError::Fail(reason, commands) => {
            let commands = commands.iter().enumerate();
            let lines: Vec<String> = commands
                .map(|(number, command)| format!("  {number} {command:?}"))
                .collect();
            format!(
                "FAILED with {arguments}: {reason}\nafter these commands (shrunk):\n{}",
                lines.join("\n")
            )
        }
    }
}
