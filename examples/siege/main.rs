//! Load test under attack: measures what honest clients notice while others attack, on this machine only.
//!
//! Starts the release binary next to it and runs ten readers, an editor and a subscriber, alternately undisturbed and
//! under attack from other loopback addresses. All rates, counts and durations are bounded; a run takes less than a
//! minute.
//!
//! `cargo build --release && cargo run --release --example siege`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a developer's tool: it prints a table, and any unexpected result is fatal"
)]

/// The attacks.
mod attacks;
/// Minimal HTTP and WebSocket client.
mod client;
/// Readers, an editor and a subscriber.
mod honest_client;
/// Table of the measurements.
mod report;
/// The server process.
mod server;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::Parser;

use honest_client::HonestClients;
use report::{Report, Round};
use server::Server;

/// Measures honest clients while the server is attacked.
#[derive(Debug, Parser)]
struct Options {
    /// Number of rounds, each with a baseline and an attack.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=5))]
    rounds: u8,
    /// Seconds of the baseline in a round.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=10))]
    baseline: u64,
    /// Seconds of attack in a round.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u64).range(1..=20))]
    attack: u64,
    /// Run only these attacks.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// A test server that is already running on a loopback address, instead of starting one.
    #[arg(long, requires_all = ["token", "pid"])]
    address: Option<SocketAddr>,
    /// The token of an editor on that server.
    #[arg(long)]
    token: Option<String>,
    /// The process id of that server.
    #[arg(long)]
    pid: Option<u32>,
    /// The binary to start; by default the release binary next to this program.
    #[arg(long)]
    server: Option<PathBuf>,
    /// Give the server and the honest clients the highest priority (renice, as root), so that other load on the machine
    /// is not measured.
    #[arg(long)]
    high_priority: bool,
    /// Run only the attacks of this round; used for the child process.
    #[arg(long, hide = true)]
    attack_round: Option<u8>,
}

/// Maximum duration of all rounds; with start and end, a run takes less than a minute.
const MAX_TOTAL: Duration = Duration::from_secs(44);

fn main() -> ExitCode {
    let options = Options::parse();
    let attacker = options.attack_round.zip(options.address);
    if let Some((round, address)) = attacker {
        attacks::run(
            address,
            round,
            Duration::from_secs(options.attack),
            &options.only,
        );
        return ExitCode::SUCCESS;
    }
    let length = u64::from(options.rounds) * (options.baseline + options.attack);
    if Duration::from_secs(length) > MAX_TOTAL {
        println!("the rounds take {length} s; at most {MAX_TOTAL:?} are allowed");
        return ExitCode::FAILURE;
    }
    let is_pinned = set_priority("taskset", &["-c", "-p", "1"]);
    let has_priority = options.high_priority && set_priority("renice", &["-n", "-20", "-p"]);
    assert_eq!(has_priority, options.high_priority, "renice needs root");
    let server = match (options.address, options.token.clone(), options.pid) {
        (Some(address), Some(token), Some(pid)) => Server::running(address, token, pid),
        _ => Server::start(options.server.clone(), is_pinned),
    };
    assert!(
        server.address.ip().is_loopback(),
        "--address must be a loopback address"
    );
    let report = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(measure_rounds(&options, &server));
    println!("{report}");
    if is_pinned {
        println!(
            "The server ran on core 0, everything else on core 1, with the attackers at the lowest priority."
        );
    }
    ExitCode::from(u8::from(!report.is_complete()))
}

async fn measure_rounds(options: &Options, server: &Server) -> Report {
    let honest_clients = HonestClients::start(server.address, &server.token).await;
    // Warm-up: the first requests open connections and fill caches.
    honest_clients.measure(Duration::from_secs(2)).await;
    let mut report = Report::new(server);
    for round in 0..options.rounds {
        let baseline = honest_clients.measure(Duration::from_secs(options.baseline));
        let baseline = Round::measure(baseline, server).await;
        let attacker = tokio::spawn(start_attack(options, server.address, round));
        let under_attack = honest_clients.measure(Duration::from_secs(options.attack));
        let under_attack = Round::measure(under_attack, server).await;
        let outcomes = attacker.await.unwrap();
        report.add(baseline, under_attack, &outcomes);
    }
    report.finish(server).await;
    report
}

/// Starts a process that attacks at the lowest priority, so that it does not slow down the measuring process. Returns
/// its output.
fn start_attack(
    options: &Options,
    address: SocketAddr,
    round: u8,
) -> impl Future<Output = String> + use<> {
    let mut command = Command::new("nice");
    command
        // From the highest priority to the lowest, if necessary.
        .args(["-n", "39"])
        .arg(std::env::current_exe().unwrap())
        .args(["--attack-round", &round.to_string()])
        .args(["--address", &address.to_string()])
        .args(["--token", "none", "--pid", "0"])
        .args(["--attack", &options.attack.to_string()]);
    if !options.only.is_empty() {
        command.args(["--only", &options.only.join(",")]);
    }
    async {
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.unwrap().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Pins this process to a core or sets its priority. Threads and child processes inherit it.
fn set_priority(program: &str, arguments: &[&str]) -> bool {
    let process_id = std::process::id().to_string();
    let output = Command::new(program)
        .args(arguments)
        .arg(&process_id)
        .output();
    output.is_ok_and(|output| output.status.success())
}
