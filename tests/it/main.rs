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

/// README.md and the first page: everything they show is run.
mod examples;
