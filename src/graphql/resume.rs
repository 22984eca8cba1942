//! What a transport that numbers its events hands to subscriptions, and gets back from them.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;

/// The cursor that a reconnecting client names outside the operation (`Last-Event-ID`); it goes before `after`, which
/// such a client sends again unchanged.
#[derive(Clone, Debug, Default)]
pub struct ResumeFrom(pub Option<String>);

/// The cursor of the newest event. It is set just before the event is executed, and events of a stream are executed
/// one after the other, so it belongs to the next response.
#[derive(Clone, Debug, Default)]
pub struct LastSent(pub Arc<Mutex<Option<String>>>);

impl LastSent {
    /// The slot of this request; one that nobody reads, where the transport has none.
    pub fn of(ctx: &Context<'_>) -> Self {
        ctx.data_opt::<Self>().cloned().unwrap_or_default()
    }

    pub fn set(&self, cursor: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cursor);
    }
}

/// Where to go on: the transport's cursor, or else the argument.
pub fn cursor(ctx: &Context<'_>, after: Option<String>) -> Option<String> {
    ctx.data_opt::<ResumeFrom>()
        .and_then(|resume| resume.0.clone())
        .or(after)
}
