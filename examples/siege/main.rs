//! A siege: what an ordinary reader notices while others attack, on this machine and nowhere else.
//!
//! Starts the release binary that stands next to it, lets ten readers, an editor and a subscriber do what they do, and
//! in turn leaves them alone and attacks the server from other loopback addresses. Everything is paced and bounded in
//! count and time; the whole takes less than a minute and ends by itself.
//!
//! `cargo build --release && cargo run --release --example siege`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a program for us: its table is its output, and what surprises it ends it"
)]

/// Each way to attack.
mod attacks;
/// Readers, an editor and a subscriber.
mod garrison;
/// What was measured.
mod report;
/// The server's process.
mod server;
/// A request and its answer, as bytes.
mod wire;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::Parser;

use garrison::Garrison;
use report::{Report, Round};
use server::Server;

/// Measures an ordinary reader while the server is attacked.
#[derive(Debug, Parser)]
struct Options {
    /// How often to be quiet and to attack.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=5))]
    rounds: u8,
    /// Seconds of quiet in a round.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=10))]
    quiet: u64,
    /// Seconds of attack in a round.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u64).range(1..=20))]
    siege: u64,
    /// The only attacks, by name.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// A server of ours that runs already, on a loopback address, instead of one that is started.
    #[arg(long, requires_all = ["token", "pid"])]
    address: Option<SocketAddr>,
    /// The token of an editor there.
    #[arg(long)]
    token: Option<String>,
    /// Its process.
    #[arg(long)]
    pid: Option<u32>,
    /// The server to start; by default the release binary next to this program.
    #[arg(long)]
    server: Option<PathBuf>,
    /// Run server and readers before whatever else this machine does (renice, as root): on a busy one, others would be
    /// measured.
    #[arg(long)]
    first: bool,
    /// Attacks, in a process of their own: the number of the round.
    #[arg(long, hide = true)]
    attack: Option<u8>,
}

/// The longest that rounds may take together: with what comes before and after, a minute.
const LIMIT: Duration = Duration::from_secs(44);

fn main() -> ExitCode {
    let options = Options::parse();
    let attacked = options.attack.zip(options.address);
    if let Some((round, address)) = attacked {
        attacks::run(
            address,
            round,
            Duration::from_secs(options.siege),
            &options.only,
        );
        return ExitCode::SUCCESS;
    }
    let length = u64::from(options.rounds) * (options.quiet + options.siege);
    if Duration::from_secs(length) > LIMIT {
        println!("{length} s is longer than the limit of {LIMIT:?}");
        return ExitCode::FAILURE;
    }
    let is_pinned = settle("taskset", &["-c", "-p", "1"]);
    let is_first = options.first && settle("renice", &["-n", "-20", "-p"]);
    assert_eq!(is_first, options.first, "renice needs root");
    let server = match (options.address, options.token.clone(), options.pid) {
        (Some(address), Some(token), Some(pid)) => Server::running(address, token, pid),
        _ => Server::start(options.server.clone(), is_pinned),
    };
    assert!(
        server.address.ip().is_loopback(),
        "only a server on this machine"
    );
    let report = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(besiege(&options, &server));
    println!("{report}");
    if is_pinned {
        println!("The server had core 0, all others core 1; attackers ran at the lowest priority.");
    }
    ExitCode::from(u8::from(!report.is_whole()))
}

async fn besiege(options: &Options, server: &Server) -> Report {
    let garrison = Garrison::enter(server.address, &server.token).await;
    // What the first requests make: connections, statements, pages of memory.
    garrison.watch(Duration::from_secs(2)).await;
    let mut report = Report::new(server);
    for round in 0..options.rounds {
        let quiet = garrison.watch(Duration::from_secs(options.quiet));
        let quiet = Round::of(quiet, server).await;
        let attack = tokio::spawn(attack(options, server.address, round));
        let siege = garrison.watch(Duration::from_secs(options.siege));
        let siege = Round::of(siege, server).await;
        let answers = attack.await.unwrap();
        report.add(quiet, siege, &answers);
    }
    report.end(server).await;
    report
}

/// A process that attacks, at the lowest priority, so that it does not hold up those who measure. Its output.
fn attack(
    options: &Options,
    address: SocketAddr,
    round: u8,
) -> impl Future<Output = String> + use<> {
    let mut command = Command::new("nice");
    command
        // From the first place to the last, if need be.
        .args(["-n", "39"])
        .arg(std::env::current_exe().unwrap())
        .args(["--attack", &round.to_string()])
        .args(["--address", &address.to_string()])
        .args(["--token", "none", "--pid", "0"])
        .args(["--siege", &options.siege.to_string()]);
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

/// Has this process set to a core or a class of priority. Its threads and children inherit it.
fn settle(program: &str, arguments: &[&str]) -> bool {
    let me = std::process::id().to_string();
    let settled = Command::new(program).args(arguments).arg(&me).output();
    settled.is_ok_and(|output| output.status.success())
}
