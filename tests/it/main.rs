//! The service through the network, as a client sees it. One binary; a module per noun and per promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// Starts the server as `main` does, each with a database of its own.
mod app;
/// A client of graphql-transport-ws.
mod socket;

/// Countries, regions, names, neighbours.
mod countries;
/// Positions, timelines, tallies and lists at a moment.
mod moments;
/// Relay connections: pages, cursors, totals.
mod paging;
/// Any nesting costs a constant number of SQL statements.
mod batching;
/// The six mutations, what they refuse and what a retry gives.
mod writes;
/// Search by names and words.
mod search;
/// Every change, once, in order: also over reconnects and restarts.
mod subscriptions;
/// HTTP, WebSocket and server-sent events.
mod transport;
/// `verify`, `export`, `import`, `token`, `schema`.
mod command_line;
/// `schema.graphql` and its descriptions.
mod contract;
/// The README's operations and the playground's.
mod examples;
