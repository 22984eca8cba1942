//! Resource costs of operations: SQL statements, allocations and allocated bytes are counted and compared with committed
//! figures, so that a cost that grows fails this test without a benchmark.
//!
//! A separate binary whose tests take turns, because the counting allocator covers the whole process. The client allocates
//! nothing while costs are counted. The cheapest of several batches counts: background work can only add costs.

#![cfg(test)]

mod cache_weights;
mod client;
mod histories;
mod operations;

use std::alloc::System;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use demarche::config::access::AccessConfig;
use demarche::config::limits::{CacheLimits, Limits, RateLimits};
use demarche::config::telemetry::TelemetryConfig;
use demarche::config::webhooks::WebhookConfig;
use demarche::config::{Database, Serve};
use demarche::database::IfMissing;
use demarche::ledger::api_tokens;
use demarche::model::role::Role;
use demarche::model::time::Timestamp;
use demarche::server::{Server, open, random_bytes};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Runtime;

use client::{Client, Socket};
use operations::{HEAD, QUERIES, SOURCE, event, post, subscription};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Maximum costs of a request on the bundled data set: SQL statements, allocations, allocated bytes. The number before them
/// is the tolerance of the latter two in percent: numbers vary in length, and subscribers in their order of delivery.
///
/// For an intended increase, insert the figures that the failed test prints, and justify them in the commit. Do the same
/// when a cost is halved, so that it stays low.
const FIGURES: [(&str, u64, [u64; 3]); 10] = [
    ("Q1 hot", 10, [0, 16, 11_030]),
    ("Q2 hot", 10, [0, 16, 11_044]),
    ("Q3 hot", 10, [0, 17, 11_124]),
    ("Q4 hot", 10, [0, 16, 11_044]),
    ("event, no subscriber", 10, [1, 1_409, 227_910]),
    ("event, 1,000 subscribers", 20, [2, 1_745, 326_085]),
    ("Q1 cold", 10, [0, 174, 56_587]),
    ("Q2 cold", 10, [0, 261, 79_083]),
    ("Q3 cold", 10, [0, 4_570, 1_789_642]),
    ("Q4 cold", 10, [0, 271, 66_241]),
];

/// Requests per batch, and counted batches.
const BATCH: u64 = 8;
const BATCHES: u64 = 4;
/// Subscriptions per WebSocket, and WebSockets.
const PER_SOCKET: usize = 20;
const SOCKETS: usize = 50;
/// 2026-11-23T12:00:00Z.
const NOW: Timestamp = Timestamp(1_795_435_200_000_000);

struct TestServer {
    server: Server,
    token: String,
    _directory: tempfile::TempDir,
}

/// The counting allocator covers the whole process, so the tests take turns.
static TURN: Mutex<()> = Mutex::new(());

#[test]
fn no_cost_exceeds_its_committed_figure() {
    let _turn = TURN.lock();
    let runtime = Runtime::new().unwrap();
    let mut measured = Vec::new();
    for (state, responses) in [("hot", CacheLimits::default().responses), ("cold", 0)] {
        let test_server = runtime.block_on(start(CacheLimits {
            responses,
            ..CacheLimits::default()
        }));
        let mut client = Client::connect(test_server.server.address);
        for (name, query) in QUERIES {
            let request = post(query, None);
            let cost = count_cost(&test_server.server, |_| client.send(&request));
            measured.push((format!("{name} {state}"), cost));
        }
        if state == "hot" {
            measured.extend(event_costs(&test_server, &mut client));
        }
        runtime.block_on(test_server.server.stop()).unwrap();
    }
    assert_no_increase(&measured);
}

/// Costs of an event, including its write.
fn event_costs(test_server: &TestServer, client: &mut Client) -> Vec<(String, [u64; 3])> {
    let requests = BATCH * (BATCHES + 1);
    let source = client.text(SOURCE[0], SOURCE[1]);
    let write = |number| post(&event(&source, number), Some(&test_server.token));
    let writes: Vec<_> = (0..2 * requests).map(write).collect();
    let (unsubscribed, subscribed) = writes.split_at(writes.len() / 2);
    let without_subscribers = count_cost(&test_server.server, |number| {
        client.send(&unsubscribed[number]);
    });
    let payload = subscription(&client.text(HEAD[0], HEAD[1]));
    let open = |_| Socket::subscribe(test_server.server.address, &payload, PER_SOCKET);
    let mut sockets: Vec<_> = (0..SOCKETS).map(open).collect();
    let with_subscribers = count_cost(&test_server.server, |number| {
        client.send(&subscribed[number]);
        for socket in &mut sockets {
            socket.receive(PER_SOCKET);
        }
    });
    let cost_of = |name: &str, cost| (name.to_owned(), cost);
    vec![
        cost_of("event, no subscriber", without_subscribers),
        cost_of("event, 1,000 subscribers", with_subscribers),
    ]
}

/// Costs of one request, after a batch that fills the caches.
fn count_cost(server: &Server, mut request: impl FnMut(usize)) -> [u64; 3] {
    let mut least = [u64::MAX; 3];
    let mut number = 0;
    for batch in 0..=BATCHES {
        let (region, before) = (Region::new(ALLOCATOR), server.sql_statements());
        for _ in 0..BATCH {
            request(number);
            number += 1;
        }
        let statements = server.sql_statements() - before;
        let change = region.change();
        let allocations = (change.allocations + change.reallocations) as u64;
        if batch > 0 {
            let counted = [statements, allocations, change.bytes_allocated as u64];
            least = std::array::from_fn(|at| least[at].min(counted[at].div_ceil(BATCH)));
        }
    }
    least
}

#[track_caller]
fn assert_no_increase(measured: &[(String, [u64; 3])]) {
    let (mut table, mut changed) = (String::new(), String::new());
    for (name, counts) in measured {
        let committed = FIGURES.iter().find(|(figure, ..)| figure == name);
        let (_, margin, committed) = committed.unwrap_or_else(|| panic!("no figure for {name}"));
        writeln!(table, "    (\"{name}\", {margin}, {counts:?}),").unwrap();
        for (at, what) in ["SQL statements", "allocations", "allocated bytes"]
            .into_iter()
            .enumerate()
        {
            let (now, most) = (counts[at], committed[at]);
            let margin = if at == 0 { 0 } else { most * margin / 100 };
            if now > most + margin {
                writeln!(changed, "{name}: {what} grew from {most} to {now}").unwrap();
            } else if now < most / 2 {
                writeln!(changed, "{name}: {what} fell from {most} to {now}").unwrap();
            }
        }
    }
    assert_eq!(measured.len(), FIGURES.len());
    assert!(
        changed.is_empty(),
        "{changed}If this is intended, insert this into tests/costs/main.rs and justify it in the commit:\n{table}"
    );
}

/// A server with the bundled data set on a random port.
async fn start(memory: CacheLimits) -> TestServer {
    let directory = tempfile::tempdir().unwrap();
    let database_url = format!("sqlite://{}/demarche.db", directory.path().display());
    let config = Serve {
        database: Database {
            database_url: database_url.clone(),
        },
        read_database_url: None,
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        no_seed: false,
        scratch: false,
        allow_clock_behind: false,
        drain_delay: std::time::Duration::ZERO.into(),
        access: AccessConfig::default(),
        limits: Limits {
            memory,
            rate: RateLimits {
                per_second: 0,
                ..RateLimits::default()
            },
            ..Limits::default()
        },
        telemetry: TelemetryConfig {
            admin_listen: Some(([127, 0, 0, 1], 0).into()),
            ..TelemetryConfig::default()
        },
        webhooks: WebhookConfig::default(),
    };
    let server = Server::start(&config, Arc::new(|| NOW)).await.unwrap();
    let database = open(&database_url, IfMissing::Fail).await.unwrap();
    let secret = random_bytes().unwrap();
    let token = api_tokens::create(database.writer(), Role::Editor, "costs", secret, NOW).await;
    database.close().await.unwrap();
    TestServer {
        server,
        token: token.unwrap(),
        _directory: directory,
    }
}
