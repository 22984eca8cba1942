//! Transports of an operation and its events: GraphQL over HTTP, event streams, WebSocket.

pub(crate) mod event_stream;
pub(crate) mod graphql_http;
pub(crate) mod stream_permit;
pub(crate) mod websocket;
