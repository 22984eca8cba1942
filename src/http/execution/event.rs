//! Events of one operation, as its transport receives them: a request error, the start cursor, responses.

use std::sync::Arc;

use async_graphql::ServerError;

use crate::http::fanout::EventPayload;

/// An item of an [`OperationStream`](super::OperationStream).
pub(crate) enum OperationEvent {
    /// Nothing was executed, and no event follows.
    RequestError(Vec<ServerError>),
    /// The cursor at which a subscription starts, before its first event.
    Started(String),
    /// A response.
    Next(Arc<EventPayload>),
}
