//! The events of one operation, as its socket or stream receives them.

use std::sync::Arc;

use async_graphql::ServerError;

use crate::http::fanout::Told;

/// What a socket or stream is told of an operation.
pub(crate) enum Said {
    /// Nothing was executed, and nothing follows.
    Refused(Vec<ServerError>),
    /// The place from which a subscription goes on, before its first event.
    Began(String),
    /// A response.
    Next(Arc<Told>),
}
