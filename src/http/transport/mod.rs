//! Transports of an operation and its events: GraphQL over HTTP, server-sent events, WebSocket.

pub(crate) mod graphql_http;
pub(crate) mod sse;
pub(crate) mod stream_permit;
pub(crate) mod websocket;
