//! What a transport that numbers its events hands to subscriptions, and gets back from them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::Context;

/// The cursor that a reconnecting client names outside the operation (`Last-Event-ID`); it goes before `after`, which
/// such a client sends again unchanged.
#[derive(Clone, Debug, Default)]
pub struct ResumeFrom(pub Option<String>);

/// What a transport is told of a subscription's places.
#[derive(Clone, Debug, Default)]
pub struct LastSent(Arc<Mutex<Places>>);

#[derive(Debug, Default)]
struct Places {
    /// Where the subscription begins.
    start: Option<String>,
    /// The newest event. It is set just before the event is executed, and events of a stream are executed one after the
    /// other, so it belongs to the next response.
    event: Option<String>,
}

impl LastSent {
    /// The slot of this request; one that nobody reads, where the transport has none.
    pub fn of(ctx: &Context<'_>) -> Self {
        ctx.data_opt::<Self>().cloned().unwrap_or_default()
    }

    pub fn set(&self, cursor: String) {
        self.places().event = Some(cursor);
    }

    pub fn set_start(&self, cursor: String) {
        self.places().start = Some(cursor);
    }

    /// The cursor of the response at hand, once: an answer without a cursor does not repeat the one before.
    pub fn take(&self) -> Option<String> {
        self.places().event.take()
    }

    /// Where the subscription begins, once. Never the place of an event: an event that is still being executed must not
    /// count as heard.
    pub fn take_start(&self) -> Option<String> {
        self.places().start.take()
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where to go on: the transport's cursor, or else the argument.
pub fn cursor(ctx: &Context<'_>, after: Option<String>) -> Option<String> {
    ctx.data_opt::<ResumeFrom>()
        .and_then(|resume| resume.0.clone())
        .or(after)
}
