//! The whole service beside a model of its rules: commands are drawn at random, and after each the service must say
//! what the model says, over the network.
//!
//! `cargo test` runs a short form; `cargo test --release --test model -- --commands 100000 --seed 7` is a long one. What
//! differs is made as small as can be and printed with its seed.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "modules of one binary: pub says who may use it, not that it leaves"
)]
#![expect(
    clippy::print_stdout,
    reason = "a program without a harness: what it found is its output"
)]

#[path = "../proof/harness.rs"]
mod harness;
/// What is asked for on the command line.
mod options;

/// What is done to the service.
mod command;
/// Dates as sources write them.
mod date;
/// Commands at random.
mod draw;
/// How a failing sequence is made smaller.
mod shrink;

/// The model.
mod rules;
/// What the service must say by it.
mod told;

/// Documents that are imported.
mod document;
/// What editors send.
mod wording;

#[path = "../proof/backend.rs"]
mod backend;
/// One database.
mod place;
#[expect(dead_code, reason = "what only proofs do with it")]
#[path = "../proof/postgres.rs"]
mod postgres;

/// A client over HTTP.
mod client;
/// The service and its operator.
mod service;
#[expect(dead_code, reason = "what only proofs do with it")]
#[path = "../proof/socket.rs"]
mod socket;
/// A client that subscribes.
mod subscriber;
/// What it wants to hear of.
mod wanted;

/// What was done.
mod figures;
/// One case.
mod run;

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
use figures::Figures;
use options::{NAME, Options};
use shrink::{Reached, Sequences};

/// Nothing, or where the service and the model differ.
pub type Proven<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let options = Options::parse();
    if !options.harness.wants(NAME) {
        return ExitCode::SUCCESS;
    }
    if options.harness.list {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    let backends = match options.databases.find() {
        Ok(backends) => backends,
        Err(why) => {
            println!("{why}");
            return ExitCode::FAILURE;
        }
    };
    println!("seed {}", options.seed);
    let options = &options;
    let hold = std::thread::scope(|scope| {
        let begin = |backend| scope.spawn(move || holds(backend, options));
        let running: Vec<_> = backends.iter().map(begin).collect();
        let ended = running.into_iter().map(ScopedJoinHandle::join);
        ended.filter(|ended| matches!(ended, Ok(true))).count()
    });
    ExitCode::from(u8::from(hold < backends.len()))
}

/// Whether the service and the model agree; says so, or where they differ.
fn holds(backend: &Backend, options: &Options) -> bool {
    let runtime = Runtime::new().expect("threads can be had");
    let begun = Instant::now();
    let figures = RefCell::default();
    let cases = options.commands.div_ceil(options.length.max(1));
    let wanted = (0..cases).filter(|case| options.case.is_none_or(|only| only == *case));
    for case in wanted {
        let left = options.commands - case * options.length;
        let reached = Reached::default();
        let sequences = Sequences {
            command: draw::command(),
            length: options.length.min(left),
            reached: Rc::clone(&reached),
        };
        let follow = |commands: Vec<Command>| {
            let mut figures = figures.borrow_mut();
            let followed =
                runtime.block_on(run::follow(backend, &commands, &reached, &mut figures));
            followed.map_err(TestCaseError::fail)
        };
        if let Err(failure) = runner(options, case).run(&sequences, follow) {
            let told = tell(&failure, options, case);
            println!("{NAME} on {}: {told}", backend.name());
            return false;
        }
    }
    let figures = Figures {
        took: begun.elapsed(),
        ..figures.into_inner()
    };
    println!("{NAME} on {}: {figures}", backend.name());
    true
}

/// To make a failure smaller; time ends first. (The largest number would mean four.)
const TRIES: u32 = 1_000_000;

/// Draws the same for the same seed and case.
fn runner(options: &Options, case: usize) -> TestRunner {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&options.seed.to_le_bytes());
    seed[8..16].copy_from_slice(&(case as u64).to_le_bytes());
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: TRIES,
        max_shrink_time: options.shrink.saturating_mul(1_000).max(1),
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

fn tell(failure: &TestError<Vec<Command>>, options: &Options, case: usize) -> String {
    let (seed, length, commands) = (options.seed, options.length, options.commands);
    let again = format!("--seed {seed} --commands {commands} --length {length} --case {case}");
    match failure {
        TestError::Abort(why) => format!("given up with {again}: {why}"),
        TestError::Fail(why, commands) => {
            let commands = commands.iter().enumerate();
            let lines: Vec<String> = commands
                .map(|(number, command)| format!("  {number} {command:?}"))
                .collect();
            format!(
                "DIFFERS with {again}: {why}\nafter these commands, the fewest that were found:\n{}",
                lines.join("\n")
            )
        }
    }
}
