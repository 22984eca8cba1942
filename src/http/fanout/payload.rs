//! What is told: the bytes of a response, made once for however many get them.

use std::sync::Arc;

use async_graphql::Response;

use crate::{cache::tagged_cache::Weigh, graphql::output::response_json};

/// A response as JSON, and where it stands in the feed.
#[derive(Debug)]
pub(in crate::http) struct Told {
    pub(in crate::http) payload: Box<str>,
    /// The place after which to resume; none for what is not of the feed.
    pub(in crate::http) cursor: Option<Box<str>>,
}

impl Told {
    pub(in crate::http) fn new(response: &Response, cursor: Option<String>) -> Self {
        let payload = String::from_utf8(response_json::response(response));
        Self {
            payload: payload.expect("JSON is written as UTF-8").into(),
            cursor: cursor.map(Into::into),
        }
    }
}

impl Weigh for Arc<Told> {
    fn bytes(&self) -> usize {
        let cursor = self.cursor.as_ref().map_or(0, |cursor| cursor.len());
        size_of::<Told>() + self.payload.len() + cursor
    }
}
