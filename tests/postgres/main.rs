//! The tests of `tests/it` that need a database, on PostgreSQL, and what only PostgreSQL does.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "modules of one binary: pub says who may use it, not that it leaves"
)]
#![allow(dead_code, reason = "helpers that only tests of SQLite use")]

#[path = "../it/app.rs"]
mod app;
#[path = "../it/collector.rs"]
mod collector;
/// Where its rows are.
mod database;
#[path = "../it/editor.rs"]
mod editor;
#[path = "../it/socket.rs"]
mod socket;

#[path = "../it/answers.rs"]
mod answers;
#[path = "../it/attacks/mod.rs"]
mod attacks;
#[path = "../it/backups.rs"]
mod backups;
#[path = "../it/batches.rs"]
mod batches;
#[path = "../it/batching.rs"]
mod batching;
#[path = "../it/contract.rs"]
mod contract;
#[path = "../it/countries.rs"]
mod countries;
#[path = "../it/documents.rs"]
mod documents;
#[path = "../it/dropped.rs"]
mod dropped;
#[path = "../it/examples.rs"]
mod examples;
#[path = "../it/ledger.rs"]
mod ledger;
#[path = "../it/moments.rs"]
mod moments;
#[path = "../it/operating.rs"]
mod operating;
#[path = "../it/paging.rs"]
mod paging;
#[path = "../it/process.rs"]
mod process;
#[path = "../it/search.rs"]
mod search;
#[path = "../it/shortcut.rs"]
mod shortcut;
#[path = "../it/subscriptions.rs"]
mod subscriptions;
#[path = "../it/subscriptions_resume.rs"]
mod subscriptions_resume;
#[path = "../it/transport.rs"]
mod transport;
#[path = "../it/upgrades.rs"]
mod upgrades;
#[path = "../it/websocket.rs"]
mod websocket;
#[path = "../it/writes.rs"]
mod writes;

/// The same ledger in both databases.
mod both;
/// Rights of roles, tables of other versions, starts at the same time.
mod operators;
/// Several servers on one database.
mod servers;
