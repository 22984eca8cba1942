//! What is promised, put to the proof: the program itself, as a process of its own, is killed, starved and altered, and
//! what it promised is then counted.
//!
//! `cargo test` runs a short form of each property; `cargo test --release --test proof -- kills --rounds 1000` is a long
//! one. docs/reliability.md lists them. Nothing here measures in the short form: it counts what was lost, which is
//! nothing.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "modules of one binary: pub says who may use it, not that it leaves"
)]
#![expect(
    clippy::print_stdout,
    reason = "a program without a harness: what it found is its output"
)]

/// What cargo asks of a test binary.
mod harness;
/// What is asked for on the command line.
mod options;

/// The time.
mod clock;
/// Counts and times, as they are printed.
mod figures;

/// Where databases are made.
mod backend;
/// A directory, a database and the commands that work on it.
mod place;
/// A PostgreSQL for the databases of this run.
mod postgres;
/// A server in a process of its own.
mod server;

/// The chain, as a subscriber hears it.
mod chain;
/// Import documents.
mod document;
/// A client that records statements.
mod editor;
/// What a subscriber asks to hear of.
mod filter;
/// A subscriber that hangs up and resumes.
mod reader;
/// A client that subscribes.
mod socket;
/// The ledger, read past the program.
mod truth;

/// Many subscribers.
mod crowd;
/// What waits to be sent.
mod queues;
/// A writer that is refused, and who listens.
mod scene;
/// A disk that can be full.
mod small_disk;
/// Somebody who goes on writing.
mod speaker;
/// What a tracer of system calls says.
mod trace;
/// Who does not read, and what the others hear meanwhile.
mod watched;

/// A disk that is full, or fails.
mod disk;
/// After a restart everybody is back soon.
mod herd;
/// What another process imports is heard.
mod imports;
/// Whatever was acknowledged is there after a kill.
mod kills;
/// Subscribers that come and go hear everything once.
mod resume;
/// Several servers on one database.
mod servers;
/// Nothing grows with time.
mod soak;
/// Who stops reading is cut and harms nobody.
mod stalled;
/// Nothing is acknowledged before it is synced.
mod syncs;
/// Whatever is altered is found.
mod tampering;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use backend::Backend;
use options::{Options, Property};

/// Nothing, or what was promised and not kept.
pub type Proven<T = ()> = Result<T, String>;

/// What a property is proven with.
pub struct Plan<'o> {
    pub options: &'o Options,
    pub backend: &'o Backend,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.harness.list {
        for property in options.wanted() {
            println!("{}: test", property.name());
        }
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Runtime::new().expect("threads can be had");
    let failed = runtime.block_on(prove_all(&options));
    ExitCode::from(u8::from(failed > 0))
}

/// How many failed.
async fn prove_all(options: &Options) -> usize {
    let wanted: Vec<Property> = options.wanted().collect();
    if wanted.is_empty() {
        return 0;
    }
    println!("seed {}", options.seed);
    let backends = options.databases.find();
    let backends = backends.unwrap_or_else(|why| panic!("{why}"));
    let mut failed = 0;
    for property in wanted {
        for backend in &backends {
            let plan = Plan { options, backend };
            failed += usize::from(!is_proven(property, &plan).await);
        }
    }
    failed
}

async fn is_proven(property: Property, plan: &Plan<'_>) -> bool {
    let begun = Instant::now();
    let name = format!("{} on {}", property.name(), plan.backend.name());
    let proven = prove(property, plan).await;
    let took = begun.elapsed().as_secs_f32();
    match &proven {
        Ok(Some(figures)) => println!("{name}: {figures} ({took:.1} s)"),
        Ok(None) => println!("{name}: nothing to prove"),
        Err(violation) => println!(
            "{name}: BROKEN with seed {}: {violation} ({took:.1} s)",
            plan.options.seed
        ),
    }
    proven.is_ok()
}

/// Its figures; none where there is nothing to prove.
async fn prove(property: Property, plan: &Plan<'_>) -> Proven<Option<String>> {
    match property {
        Property::Kills => kills::prove(plan).await.map(Some),
        Property::Syncs => syncs::prove(plan).await,
        Property::Resume => resume::prove(plan).await.map(Some),
        Property::Imports => imports::prove(plan).await.map(Some),
        Property::Disk => disk::prove(plan).await,
        Property::Stalled => stalled::prove(plan).await.map(Some),
        Property::Herd => herd::prove(plan).await.map(Some),
        Property::Servers => servers::prove(plan).await,
        Property::Soak => soak::prove(plan).await.map(Some),
        Property::Tampering => tampering::prove(plan).await.map(Some),
    }
}
