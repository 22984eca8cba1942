//! The service through the network, as a client sees it. One binary; a module per noun and per promise.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "modules of one binary: pub says who may use it, not that it leaves"
)]

/// Starts the server as `main` does, each with a database of its own.
mod app;
/// Who takes traces.
mod collector;
/// Where its rows are.
mod database;
/// What an editor writes, as small as it can be.
mod editor;
/// A client of graphql-transport-ws.
mod socket;

/// What a document means, whatever the library makes of it.
mod documents;
/// GraphQL over HTTP, server-sent events, pages.
mod transport;
/// graphql-transport-ws, message by message.
mod websocket;

/// What hostile clients try, row by row of docs/security.md.
mod attacks;

/// README.md and the first page: everything they show is run.
mod examples;
/// Mutations: what they answer, what they refuse, what survives retries, crowds and clients that leave.
mod writes;

/// Copies of a database that others go on to write to, and ledgers that move.
mod backups;
/// Entries written together and one by one.
mod batches;
/// Work that is given up half way.
mod dropped;
/// What only SQLite does.
mod sqlite;
/// Databases of other versions.
mod upgrades;

/// What the ledger refuses to lose, and how an alteration shows.
mod ledger;

/// Subscriptions: filters, cursors, both transports.
mod subscriptions;

/// Subscriptions across reconnects, restarts and other processes' writes: no gap, no repeat.
mod subscriptions_resume;

/// Answers that are given again while nothing they rest on changes.
mod answers;
/// SQL statements that queries cost.
mod batching;
/// The `demarche` command as an operator runs it.
mod command_line;
/// The schema, its descriptions, errors and examples.
mod contract;
/// Countries, and identifiers of anything.
mod countries;
/// Positions, lists and counts as of a moment.
mod moments;
/// What is told to whoever runs the server: health, readiness, metrics.
mod operating;
/// Walks along every connection, forward and backward.
mod paging;
/// How a server of its own process ends, and what it logs.
mod process;
/// Words that find countries, statements and sources.
mod search;
/// The short way of what is kept.
mod shortcut;
