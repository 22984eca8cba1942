//! Event payload: a response serialized as JSON once, and shared by all subscribers that receive it.

use std::sync::Arc;

use async_graphql::Response;

use crate::{cache::tagged_cache::MemorySize, graphql::output::response_json};

/// A response as JSON, with its cursor in the feed.
#[derive(Debug)]
pub(in crate::http) struct EventPayload {
    pub(in crate::http) payload: Box<str>,
    /// The cursor from which to resume after it; `None` for a response that is not of a feed event.
    pub(in crate::http) cursor: Option<Box<str>>,
}

impl EventPayload {
    pub(in crate::http) fn new(response: &Response, cursor: Option<String>) -> Self {
        let json = String::from_utf8(response_json::encode_response(response));
        Self {
            payload: json.expect("JSON is written as UTF-8").into(),
            cursor: cursor.map(Into::into),
        }
    }
}

impl MemorySize for Arc<EventPayload> {
    fn bytes(&self) -> usize {
        let cursor = self.cursor.as_ref().map_or(0, |cursor| cursor.len());
        size_of::<EventPayload>() + self.payload.len() + cursor
    }
}
