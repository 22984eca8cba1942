//! Event payload: a response serialized as JSON once, and shared by all subscribers that receive it.
//!
//! Their documents have the same tokens, perhaps in other spellings. Invariant: a subscriber receives locations of errors
//! in its own text.

use std::sync::Arc;

use async_graphql::Response;

use crate::{
    cache::tagged_cache::MemorySize,
    graphql::{output::response_json, validation::prepared_document::PreparedDocument},
};

/// A response as JSON, with its cursor in the feed.
#[derive(Debug)]
pub(in crate::http) struct EventPayload {
    pub(in crate::http) payload: Box<str>,
    /// The cursor from which to resume after it; `None` for a response that is not of a feed event.
    pub(in crate::http) cursor: Option<Box<str>>,
    /// The response, if it has errors with locations.
    located: Option<Box<Response>>,
}

impl EventPayload {
    pub(in crate::http) fn new(response: Response, cursor: Option<String>) -> Self {
        let json = String::from_utf8(response_json::encode_response(&response));
        let has_locations = response
            .errors
            .iter()
            .any(|error| !error.locations.is_empty());
        Self {
            payload: json.expect("JSON is written as UTF-8").into(),
            cursor: cursor.map(Into::into),
            located: has_locations.then(|| Box::new(response)),
        }
    }

    /// A payload without errors.
    pub(in crate::http) fn of_json(json: String, cursor: &str) -> Self {
        Self {
            payload: json.into(),
            cursor: Some(cursor.into()),
            located: None,
        }
    }

    pub(in crate::http) fn has_locations(&self) -> bool {
        self.located.is_some()
    }

    /// The same payload for a subscriber whose text is another spelling of `document`.
    pub(in crate::http) fn relocated(
        self: Arc<Self>,
        document: &PreparedDocument,
        sent: &str,
    ) -> Arc<Self> {
        let Some(response) = &self.located else {
            return self;
        };
        let mut relocated = Response::new(response.data.clone());
        relocated.errors.clone_from(&response.errors);
        relocated.extensions.clone_from(&response.extensions);
        document.relocate(&mut relocated, sent);
        Arc::new(Self::new(
            relocated,
            self.cursor.as_deref().map(str::to_owned),
        ))
    }
}

impl MemorySize for Arc<EventPayload> {
    fn bytes(&self) -> usize {
        let cursor = self.cursor.as_ref().map_or(0, |cursor| cursor.len());
        size_of::<EventPayload>() + self.payload.len() + cursor
    }
}
