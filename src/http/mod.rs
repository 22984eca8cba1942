//! The HTTP layer: GraphQL over HTTP, WebSocket and event streams, the playground and two pages.
//!
//! This layer authenticates requests, enforces limits on them and writes responses; `graphql/` executes operations.
//! Modules are listed lowest first; a module imports only modules above it.
//! Invariant: every error has the shape `{"errors":[{"message","extensions":{"code"}}]}`.

mod clients;

mod response;

mod tcp;

pub mod limits;

mod documents;

mod fanout;

mod one_state;

mod live;

mod health_monitor;

pub mod state;

mod middleware;

mod operation;

mod execution;

mod transport;

mod wording;

pub(crate) mod queries;

mod export;

mod api;

mod mcp;

mod feeds;

mod pages;

pub mod admin;

mod router;

pub mod server;
