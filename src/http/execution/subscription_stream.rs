//! Subscription stream: reads the feed for one subscriber and yields the payload of each matching event.
//!
//! Most subscriptions are idle most of the time, and there are thousands: a waiting stream is a few words of memory,
//! and allocates what it needs to read older events or to execute one only then. It ends after an error only.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_util::{FutureExt, Stream, future::BoxFuture};

use super::event::OperationEvent;
use crate::http::{
    clients::resource_limiter::ResourcePermit,
    fanout::{EventPayload, SubscriberHandle, Subscription, Topic},
    response::failure::{feed_failure_response, panic_response},
    state::AppState,
};
use crate::{
    error::Result,
    feed::{Event, FeedReader},
};

pub(crate) struct SubscriptionStream {
    app: Arc<AppState>,
    subscriber: SubscriberHandle,
    /// Sent before the first event, and `None` after that.
    start_cursor: Option<String>,
    reader: FeedReader,
    /// The newest event that it may read.
    readable_until: i64,
    /// The execution of an event whose payload was not cached.
    pending: Option<BoxFuture<'static, Arc<EventPayload>>>,
    has_ended: bool,
    /// Counts what the subscription holds.
    _memory: ResourcePermit,
}

impl SubscriptionStream {
    /// Subscribes to the topic, to read it from the event after `seq` on.
    pub(crate) fn new(
        app: Arc<AppState>,
        topic: &Arc<Topic>,
        subscription: Subscription,
        (seq, cursor): (i64, String),
        memory: ResourcePermit,
    ) -> Self {
        let subscriber = topic.subscribe(subscription);
        Self {
            // Read after subscribing: the subscriber is woken for every event after this head.
            readable_until: app.feed.head(),
            app,
            subscriber,
            start_cursor: Some(cursor),
            reader: FeedReader::new(seq),
            pending: None,
            has_ended: false,
            _memory: memory,
        }
    }

    /// The next event that matches the filter.
    fn poll_matching_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arc<Event>>> {
        loop {
            let read = self
                .reader
                .poll_next(&self.app.feed, self.readable_until, cx);
            match ready!(read) {
                Some(Ok(event)) if !self.subscriber.matches(&event) => {}
                Some(event) => return Poll::Ready(event),
                None => {
                    let wake_from = ready!(self.subscriber.poll_wake(self.reader.seq(), cx));
                    // No event before the one that caused the wake matches.
                    self.reader.skip(wake_from - 1);
                    let published = self.subscriber.topic().published_seq();
                    self.readable_until = self.readable_until.max(published);
                }
            }
        }
    }
}

impl Stream for SubscriptionStream {
    type Item = OperationEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<OperationEvent>> {
        if let Some(cursor) = self.start_cursor.take() {
            return Poll::Ready(Some(OperationEvent::Started(cursor)));
        }
        while !self.has_ended {
            if let Some(execution) = &mut self.pending {
                let payload = ready!(execution.poll_unpin(cx));
                self.pending = None;
                let payload = self.subscriber.localize(payload);
                return Poll::Ready(Some(OperationEvent::Next(payload)));
            }
            match ready!(self.poll_matching_event(cx)) {
                Ok(event) => match self.subscriber.topic().find_payload(&event) {
                    Some(payload) => return Poll::Ready(Some(OperationEvent::Next(payload))),
                    None => self.pending = Some(execute_event(&self.subscriber, event).boxed()),
                },
                Err(error) => {
                    let id = self.subscriber.request_id();
                    tracing::error!(request = %id, cause = %error.cause_chain(), "subscription failed: cannot read the feed");
                    let response = feed_failure_response(&error, id.clone());
                    self.has_ended = true;
                    let payload = EventPayload::new(response, None);
                    return Poll::Ready(Some(OperationEvent::Next(Arc::new(payload))));
                }
            }
        }
        Poll::Ready(None)
    }
}

/// Executes an event for the whole topic; a panic becomes a response for this subscriber.
fn execute_event(
    subscriber: &SubscriberHandle,
    event: Arc<Event>,
) -> impl Future<Output = Arc<EventPayload>> + Send + use<> {
    let topic = Arc::clone(subscriber.topic());
    let request_id = subscriber.request_id().clone();
    async move {
        let execution = AssertUnwindSafe(topic.execute_once(&event, &request_id)).catch_unwind();
        execution.await.unwrap_or_else(|panic| {
            let response = panic_response(panic.as_ref(), &request_id);
            Arc::new(EventPayload::new(response, Some(topic.cursor(&event))))
        })
    }
}
