//! What operations cost, counted and not timed: SQL statements, allocations and allocated bytes, against figures that are
//! committed here. A cost that grows fails this test before anybody measures it.
//!
//! A binary of its own, with one test, because the allocator that counts is the whole process's. The client allocates
//! nothing while it is counted. Of several batches the cheapest counts: what else the server does meanwhile only adds.

#![cfg(test)]

mod client;
mod operations;

use std::alloc::System;
use std::fmt::Write;
use std::sync::Arc;

use demarche::config::access::Doors;
use demarche::config::limits::{Limits, MemoryLimits, RateLimits};
use demarche::config::telemetry::Operating;
use demarche::config::{Database, Serve};
use demarche::database::Missing;
use demarche::ledger::api_tokens;
use demarche::model::role::Role;
use demarche::model::time::Instant;
use demarche::server::{Server, open, random};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Runtime;

use client::{Client, Socket};
use operations::{HEAD, QUERIES, SOURCE, event, post, subscription};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The most that a request may cost, over the shipped data: SQL statements, allocations, allocated bytes. Before them stands
/// how many hundredths more of the latter two pass: a longer number, and in a crowd, who is told first.
///
/// Whoever makes something dearer on purpose puts in what the failed test prints, and says in the commit why it is worth
/// that. Whoever halves a cost does the same, so that it stays so.
const FIGURES: [(&str, u64, [u64; 3]); 10] = [
    ("Q1 hot", 10, [0, 10, 9_432]),
    ("Q2 hot", 10, [0, 10, 9_432]),
    ("Q3 hot", 10, [0, 10, 9_432]),
    ("Q4 hot", 10, [0, 10, 9_432]),
    ("event, nobody listens", 10, [3, 1_899, 333_672]),
    ("event, 1,000 subscribers", 20, [4, 2_503, 459_225]),
    ("Q1 cold", 10, [0, 184, 55_990]),
    ("Q2 cold", 10, [0, 327, 71_006]),
    ("Q3 cold", 10, [0, 7_367, 540_985]),
    ("Q4 cold", 10, [0, 347, 69_295]),
];

/// Requests that are counted together, and how often.
const BATCH: u64 = 8;
const BATCHES: u64 = 4;
/// Subscriptions on one socket, and sockets.
const PER_SOCKET: usize = 20;
const SOCKETS: usize = 50;
/// 2026-11-23T12:00:00Z.
const NOW: Instant = Instant(1_795_435_200_000_000);

struct Running {
    server: Server,
    token: String,
    _directory: tempfile::TempDir,
}

#[test]
fn nothing_costs_more_than_is_committed() {
    let runtime = Runtime::new().unwrap();
    let mut measured = Vec::new();
    for (state, answers) in [("hot", MemoryLimits::default().answers), ("cold", 0)] {
        let running = runtime.block_on(start(answers));
        let mut client = Client::connect(running.server.address);
        for (name, query) in QUERIES {
            let request = post(query, None);
            let cost = count(&running.server, |_| client.ask(&request));
            measured.push((format!("{name} {state}"), cost));
        }
        if state == "hot" {
            measured.extend(events(&running, &mut client));
        }
        runtime.block_on(running.server.stop()).unwrap();
    }
    compare(&measured);
}

/// What an event costs, its write included.
fn events(running: &Running, client: &mut Client) -> Vec<(String, [u64; 3])> {
    let rounds = BATCH * (BATCHES + 1);
    let source = client.text(SOURCE[0], SOURCE[1]);
    let write = |number| post(&event(&source, number), Some(&running.token));
    let writes: Vec<_> = (0..2 * rounds).map(write).collect();
    let (silent, heard) = writes.split_at(writes.len() / 2);
    let alone = count(&running.server, |number| client.ask(&silent[number]));
    let wanted = subscription(&client.text(HEAD[0], HEAD[1]));
    let open = |_| Socket::subscribe(running.server.address, &wanted, PER_SOCKET);
    let mut sockets: Vec<_> = (0..SOCKETS).map(open).collect();
    let all = count(&running.server, |number| {
        client.ask(&heard[number]);
        for socket in &mut sockets {
            socket.hear(PER_SOCKET);
        }
    });
    let named = |name: &str, cost| (name.to_owned(), cost);
    vec![
        named("event, nobody listens", alone),
        named("event, 1,000 subscribers", all),
    ]
}

/// The cost of one, after a batch that fills what is kept.
fn count(server: &Server, mut one: impl FnMut(usize)) -> [u64; 3] {
    let mut least = [u64::MAX; 3];
    let mut number = 0;
    for batch in 0..=BATCHES {
        let (region, before) = (Region::new(ALLOCATOR), server.statements());
        for _ in 0..BATCH {
            one(number);
            number += 1;
        }
        let statements = server.statements() - before;
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
fn compare(measured: &[(String, [u64; 3])]) {
    let (mut table, mut changed) = (String::new(), String::new());
    for (name, counts) in measured {
        let committed = FIGURES.iter().find(|(known, ..)| known == name);
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
        "{changed}If that is meant, put this into tests/costs/main.rs and say in the commit why:\n{table}"
    );
}

/// With the shipped data, on a port of its own.
async fn start(answers: u64) -> Running {
    let directory = tempfile::tempdir().unwrap();
    let database_url = format!("sqlite://{}/demarche.db", directory.path().display());
    let database = open(&database_url, Missing::Make).await.unwrap();
    let secret = random().unwrap();
    let token = api_tokens::create(database.writer(), Role::Editor, "costs", secret, NOW).await;
    database.close().await.unwrap();
    let config = Serve {
        database: Database { database_url },
        read_database_url: None,
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        empty: false,
        doors: Doors::default(),
        limits: Limits {
            memory: MemoryLimits {
                answers,
                ..MemoryLimits::default()
            },
            rate: RateLimits {
                per_second: 0,
                ..RateLimits::default()
            },
            ..Limits::default()
        },
        operating: Operating::default(),
    };
    Running {
        server: Server::start(&config, Arc::new(|| NOW)).await.unwrap(),
        token: token.unwrap(),
        _directory: directory,
    }
}
