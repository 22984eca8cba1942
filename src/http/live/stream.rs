//! Live stream: the messages of one client of a live query. It never ends by itself.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use super::subscriber::SubscriberHandle;
use crate::http::{clients::resource_limiter::ResourcePermit, fanout::EventPayload};

/// Small while idle: there are thousands.
pub(in crate::http) struct LiveStream(Box<Inner>);

struct Inner {
    subscriber: SubscriberHandle,
    /// `None` once it was sent.
    first: Option<Arc<EventPayload>>,
    /// Counts what the client holds.
    _memory: ResourcePermit,
}

impl LiveStream {
    pub(super) fn new(
        subscriber: SubscriberHandle,
        first: Arc<EventPayload>,
        memory: ResourcePermit,
    ) -> Self {
        Self(Box::new(Inner {
            first: Some(subscriber.localize(first)),
            subscriber,
            _memory: memory,
        }))
    }

    pub(in crate::http) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Arc<EventPayload>> {
        match self.0.first.take() {
            Some(first) => Poll::Ready(first),
            None => self.0.subscriber.poll_next(cx),
        }
    }
}
