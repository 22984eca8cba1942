//! The service through the network, as a client sees it. One binary; a module per noun and per promise.

#![cfg(test)]

/// Starts the server as `main` does, each with a database of its own.
mod app;
/// A client of graphql-transport-ws.
mod socket;

/// GraphQL over HTTP, server-sent events, pages.
mod transport;
/// graphql-transport-ws, message by message.
mod websocket;

/// SQL statements that queries cost.
mod batching;
/// The schema, its descriptions, errors and examples.
mod contract;
/// Countries, and identifiers of anything.
mod countries;
/// Positions, lists and counts as of a moment.
mod moments;
/// Walks along every connection, forward and backward.
mod paging;
/// Words that find countries, statements and sources.
mod search;
