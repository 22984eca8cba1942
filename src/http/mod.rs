//! The HTTP layer: GraphQL over HTTP, WebSocket and server-sent events, the playground and two pages.
//!
//! What an operation means is in `graphql/`; this layer decides who may send one and how large it may be, and carries the
//! response. Rooms are listed lowest first; a room imports only rooms above it.
//! Invariant: every error has the one shape `{"errors":[{"message","extensions":{"code"}}]}`.

mod response;
mod tcp;

pub mod limits;

mod documents;
mod fanout;
mod health_monitor;

pub mod state;

mod execution;
mod middleware;
mod operation;
mod pages;
mod transport;

pub mod admin;

mod router;

pub mod server;
