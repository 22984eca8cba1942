//! Topic: all subscribers of one operation, whatever their filters.
//!
//! The feed's notifier announces an event; a task of the topic reads it, executes the operation once if any filter
//! matches, and delivers the payload to the matching subscribers. If that fails, it wakes all subscribers, and each
//! reads the feed and reports the failure itself. At most one publishing task runs per topic, so events are delivered
//! in order.

use std::{
    future::poll_fn,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use futures_util::FutureExt;
use parking_lot::Mutex;

use super::{
    EventPayload, SharedOperation, SubscriberHandle, Subscription, SubscriptionHub,
    delivery::Delivery, subscriber::Subscriber,
};
use crate::{
    feed::{Event, FeedReader, interest::InterestIndex, notifier::Listener},
    http::clients::resource_limiter::ResourcePermit,
    model::request_id::RequestId,
};

pub(in crate::http) struct Topic {
    hub: Arc<SubscriptionHub>,
    pub(super) id: u64,
    pub(in crate::http) template: SharedOperation,
    /// Counts the template as held by the client of its first subscriber.
    _memory: ResourcePermit,
    subscribers: Mutex<InterestIndex<Arc<Subscriber>>>,
    next_subscriber_id: AtomicU64,
    /// The newest announced event; `None` while no publishing task runs.
    pending: Mutex<Option<i64>>,
    /// The newest event that was executed and can be read by subscribers.
    published_seq: AtomicI64,
}

impl Topic {
    pub(super) fn new(
        hub: Arc<SubscriptionHub>,
        id: u64,
        template: SharedOperation,
        memory: ResourcePermit,
    ) -> Self {
        Self {
            hub,
            id,
            template,
            _memory: memory,
            subscribers: Mutex::default(),
            next_subscriber_id: AtomicU64::new(0),
            pending: Mutex::default(),
            published_seq: AtomicI64::new(0),
        }
    }

    /// Registers a subscriber for every matching event after the feed's current head. Internal errors carry the ID of
    /// its request.
    pub(in crate::http) fn subscribe(
        self: &Arc<Self>,
        subscription: Subscription,
    ) -> SubscriberHandle {
        let subscriber = Arc::new(Subscriber::new(subscription));
        let subscriber_id = self.next_subscriber_id.fetch_add(1, Ordering::Relaxed);
        let notifier = self.hub.feed.notifier();
        let mut subscribers = self.subscribers.lock();
        for key in subscriber.interest_keys() {
            if subscribers.register(key, subscriber_id, Arc::clone(&subscriber)) {
                notifier.register(key, self.id, Arc::<Self>::clone(self));
            }
        }
        drop(subscribers);
        self.hub.metrics.active_subscriptions.inc();
        SubscriberHandle {
            topic: Arc::clone(self),
            subscriber,
            subscriber_id,
        }
    }

    pub(super) fn unsubscribe(&self, handle: &SubscriberHandle) {
        self.hub.metrics.active_subscriptions.dec();
        let notifier = self.hub.feed.notifier();
        let mut subscribers = self.subscribers.lock();
        for key in handle.subscriber.interest_keys() {
            if subscribers.deregister(key, handle.subscriber_id) {
                notifier.deregister(key, self.id);
            }
        }
    }

    /// The event up to which a woken subscriber may read; later events have not been executed yet.
    pub(in crate::http) fn published_seq(&self) -> i64 {
        self.published_seq.load(Ordering::Acquire)
    }

    /// The cached payload of an event, if it is still valid.
    pub(in crate::http) fn find_payload(&self, event: &Event) -> Option<Arc<EventPayload>> {
        self.hub.find_payload(self, event)
    }

    /// The payload of an event, executed at most once for all subscribers. An internal error carries `request_id`.
    /// # Panics
    /// If a resolver does.
    pub(in crate::http) async fn execute_once(
        self: &Arc<Self>,
        event: &Arc<Event>,
        request_id: &RequestId,
    ) -> Arc<EventPayload> {
        self.hub.execute_once(self, event, request_id).await
    }

    /// The cursor from which a subscription resumes after this event.
    pub(in crate::http) fn cursor(&self, event: &Event) -> String {
        self.hub.cursor(event)
    }

    /// Publishes events in order, starting at `seq`. Returns when none is pending.
    async fn publish_from(self: Arc<Self>, seq: i64) {
        let feed = &self.hub.feed;
        let mut reader = FeedReader::new(seq - 1);
        let mut last_seq = seq - 1;
        while let Some(pending) = self.pending_after(last_seq) {
            match poll_fn(|cx| reader.poll_next(feed, pending, cx)).await {
                Some(Ok(event)) => {
                    let outcome = AssertUnwindSafe(self.publish(&event)).catch_unwind().await;
                    if outcome.is_err() {
                        self.wake_all(last_seq + 1, event.entry.seq);
                    }
                    last_seq = event.entry.seq;
                }
                Some(Err(_)) => {
                    self.wake_all(last_seq + 1, pending);
                    last_seq = pending;
                }
                None => last_seq = pending,
            }
        }
    }

    /// Wakes all subscribers to read the events themselves: each meets the same error or panic, and reports it.
    fn wake_all(&self, from: i64, until: i64) {
        self.published_seq.fetch_max(until, Ordering::AcqRel);
        for subscriber in self.subscribers.lock().all() {
            subscriber.wake(from);
        }
    }

    /// The newest announced event after `seq`. `None` obliges the publishing task to end: the next event starts
    /// another.
    fn pending_after(&self, seq: i64) -> Option<i64> {
        let mut pending = self.pending.lock();
        *pending = pending.filter(|pending| *pending > seq);
        *pending
    }

    /// # Panics
    /// If a resolver does.
    async fn publish(self: &Arc<Self>, event: &Arc<Event>) {
        let Some(request_id) = self.first_matching_request(event) else {
            return;
        };
        let payload = self.execute_once(event, &request_id).await;
        let seq = event.entry.seq;
        self.published_seq.fetch_max(seq, Ordering::AcqRel);
        // A subscriber that registers after this reads the event itself.
        let subscribers = self.matching_subscribers(event);
        let metrics = &self.hub.metrics;
        metrics.events_delivered.inc_by(subscribers.len() as u64);
        Delivery::new((seq, payload), subscribers).run().await;
    }

    fn matching_subscribers(&self, event: &Event) -> Vec<Arc<Subscriber>> {
        let subscribers = self.subscribers.lock();
        let candidates = subscribers.matching(event);
        let matching = candidates.filter(|subscriber| subscriber.matches(event));
        matching.cloned().collect()
    }

    /// The request of one matching subscriber; `None` if no filter matches, and nothing needs to be executed.
    fn first_matching_request(&self, event: &Event) -> Option<RequestId> {
        let subscribers = self.subscribers.lock();
        let mut candidates = subscribers.matching(event);
        let first = candidates.find(|subscriber| subscriber.matches(event))?;
        Some(first.request_id().clone())
    }
}

impl Listener for Topic {
    fn notify(self: Arc<Self>, seq: i64) {
        let mut pending = self.pending.lock();
        let is_publishing = pending.replace(seq).is_some();
        drop(pending);
        if !is_publishing {
            // No owner needs to abort it: it ends when no event is pending.
            tokio::spawn(self.publish_from(seq));
        }
    }
}
