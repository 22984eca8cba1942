//! Memory: no load from one address makes the server hold more than the sum of its documented bounds.
//!
//! The server runs as users start it, with the default limits and the bundled data set. Each load runs alone, and then the
//! requests while connections of every kind are held.

mod client;
mod http_loads;
mod socket_loads;
mod usage;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::deployment::Deployment;
use crate::server::{Server, raise_descriptors};
use crate::{Plan, TestResult};
use http_loads::HttpLoad;
use socket_loads::SocketLoad;
use usage::MemoryMonitor;

/// Time in which the server processes what a connection has sent.
const SETTLE_TIME: Duration = Duration::from_millis(500);
/// Largest anonymous memory, in bytes: the sum of the bounds with the default limits, and a fifth.
const MAX_BYTES: u64 = 160_000_000 / 5 * 6;

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    raise_descriptors();
    let requests = plan.options.requests.unwrap_or(400);
    let connections = plan.options.connections.unwrap_or(50);
    let is_long = plan.options.requests.is_some();
    let deployment = Deployment::new(plan.backend).await;
    let command = deployment.command(&["serve", "--listen=127.0.0.1:0"]);
    let server = Server::start_command(&deployment, command).await;
    let monitor = MemoryMonitor::start(server.process());
    let start = monitor.current();
    let mut largest = (start, "start".to_owned());
    let mut add = |name: String, monitor: &MemoryMonitor| {
        let peak = monitor.take_peak();
        if is_long {
            println!("  {} MB: {name}", megabytes(peak));
        }
        largest = largest.clone().max((peak, name));
    };
    for load in SocketLoad::ALL {
        let held = hold(server.address, connections, |_| load).await;
        sleep(SETTLE_TIME).await;
        add(format!("{load:?}"), &monitor);
        drop(held);
    }
    let kinds = SocketLoad::ALL.len();
    for load in HttpLoad::ALL {
        let held = hold(server.address, connections - 40, |number| {
            SocketLoad::ALL[number % kinds]
        })
        .await;
        let statuses = load.run(server.address, requests).await;
        add(format!("{load:?} {statuses:?}"), &monitor);
        drop(held);
    }
    monitor.stop().await;
    server.stop().await;
    let (largest, load) = largest;
    let report = format!(
        "{} MB at the start, {} MB at most, with {load}",
        megabytes(start),
        megabytes(largest)
    );
    if largest > MAX_BYTES {
        return Err(format!("more than {} MB: {report}", megabytes(MAX_BYTES)));
    }
    Ok(report)
}

/// Opens so many connections.
async fn hold(
    server: SocketAddr,
    connections: usize,
    load: impl Fn(usize) -> SocketLoad,
) -> Vec<TcpStream> {
    let mut opening = JoinSet::new();
    for number in 0..connections {
        let load = load(number);
        opening.spawn(load.open(server, number));
    }
    let opened = opening.join_all().await;
    opened.into_iter().filter_map(Result::ok).collect()
}

fn megabytes(bytes: u64) -> u64 {
    bytes / 1_000_000
}
