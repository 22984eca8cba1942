//! Fault-injection tests: they start the server as a separate process, kill it, fill its disk, tamper with its data,
//! and count losses.
//!
//! `cargo test` runs a short form of each test; `cargo test --release --test proof -- kills --rounds 1000` is a long
//! form. docs/reliability.md lists the tests. The short form checks no durations, only that nothing is lost.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "`pub` items are used by other modules of this binary"
)]
#![expect(
    clippy::print_stdout,
    reason = "a test program without a harness prints its results"
)]

/// Options of cargo and cargo-nextest.
mod harness;
/// Command-line options.
mod options;

/// System clock.
mod clock;
/// Histogram of durations.
mod histogram;

/// SQLite and PostgreSQL databases.
mod backend;
/// A database with a working directory, and the commands that run on it.
mod deployment;
/// PostgreSQL server of this run.
mod postgres;
/// Server in a separate process.
mod server;

/// Hash chain as received by a subscriber.
mod chain;
/// Import documents.
mod document;
/// Client that records statements.
mod editor;
/// Subscription filters.
mod filter;
/// Reads and verifies the ledger directly in the database.
mod ledger_reader;
/// Client of a live query.
mod live_client;
/// Writer at two servers.
mod live_writer;
/// JSON as it was received, with the order of its members.
#[path = "../it/ordered_json.rs"]
mod ordered_json;
/// Subscriber that disconnects and resumes.
mod resuming_subscriber;
/// WebSocket client.
mod socket;

/// Writer that runs in the background.
mod background_writer;
/// Send queues of the kernel.
mod send_queues;
/// Clients that do not read, and the latency of the others.
mod slow_client_monitor;
/// Disk that can be filled.
mod small_disk;
/// Pool of subscribers.
mod subscriber_pool;
/// Parser of strace output.
mod trace;
/// Writer whose statements are rejected for a while, with subscribers.
mod write_scenario;

/// Full or failing disk.
mod disk;
/// Acknowledgements come after fsync.
mod fsync;
/// Imports by another process are delivered.
mod imports;
/// Acknowledged writes survive a kill.
mod kills;
/// Documents of live queries equal the answer.
mod live_queries;
/// Memory stays within the documented bounds.
mod memory;
/// All subscribers reconnect after a restart.
mod reconnect_storm;
/// Subscribers that resume receive everything once.
mod resume;
/// Several servers on one database.
mod servers;
/// Subscribers that stop reading are disconnected.
mod slow_subscribers;
/// Resources stay bounded over time.
mod soak;
/// Alterations of the ledger are found.
mod tampering;
/// Webhooks are sent at least once and in order.
mod webhooks;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use backend::Backend;
use options::{Options, Property};

/// The value, or a description of the violation.
pub type TestResult<T = ()> = Result<T, String>;

/// Configuration of one test.
pub struct Plan<'o> {
    pub options: &'o Options,
    pub backend: &'o Backend,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.harness.list {
        for property in options.selected_properties() {
            println!("{}: test", property.name());
        }
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Runtime::new().expect("threads can be created");
    let failed = runtime.block_on(run_all(&options));
    ExitCode::from(u8::from(failed > 0))
}

/// The number of failed tests.
async fn run_all(options: &Options) -> usize {
    let selected: Vec<Property> = options.selected_properties().collect();
    if selected.is_empty() {
        return 0;
    }
    println!("seed {}", options.seed);
    let backends = options.databases.list_available();
    let backends = backends.unwrap_or_else(|reason| panic!("{reason}"));
    let mut failed = 0;
    for property in selected {
        for backend in &backends {
            let plan = Plan { options, backend };
            failed += usize::from(!passes(property, &plan).await);
        }
    }
    failed
}

async fn passes(property: Property, plan: &Plan<'_>) -> bool {
    let started = Instant::now();
    let name = format!("{} on {}", property.name(), plan.backend.name());
    let result = run_property(property, plan).await;
    let took = started.elapsed().as_secs_f32();
    match &result {
        Ok(Some(summary)) => println!("{name}: {summary} ({took:.1} s)"),
        Ok(None) => println!("{name}: not applicable"),
        Err(violation) => println!(
            "{name}: FAILED with seed {}: {violation} ({took:.1} s)",
            plan.options.seed
        ),
    }
    result.is_ok()
}

/// A summary; none if the test does not apply to the backend.
async fn run_property(property: Property, plan: &Plan<'_>) -> TestResult<Option<String>> {
    match property {
        Property::Kills => kills::run(plan).await.map(Some),
        Property::Fsync => fsync::run(plan).await,
        Property::Resume => resume::run(plan).await.map(Some),
        Property::LiveQueries => live_queries::run(plan).await.map(Some),
        Property::Imports => imports::run(plan).await.map(Some),
        Property::Disk => disk::run(plan).await,
        Property::SlowSubscribers => slow_subscribers::run(plan).await.map(Some),
        Property::ReconnectStorm => reconnect_storm::run(plan).await.map(Some),
        Property::Servers => servers::run(plan).await,
        Property::Soak => soak::run(plan).await.map(Some),
        Property::Memory => memory::run(plan).await.map(Some),
        Property::Tampering => tampering::run(plan).await.map(Some),
        Property::Webhooks => webhooks::run(plan).await.map(Some),
    }
}
