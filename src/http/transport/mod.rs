//! The ways an operation and its results travel: GraphQL over HTTP, server-sent events, WebSocket.

pub(crate) mod graphql_http;
pub(crate) mod sse;
pub(crate) mod stream_permit;
pub(crate) mod websocket;
