//! Subscriber: receives an event through its sink if it is idle and has one, and is woken otherwise.
//!
//! A wake carries no payload, only the first event from which the subscriber has to read the feed. Invariant: the sink
//! is used only while the subscriber is idle, that is, after it has sent all earlier events, so events arrive in order.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::{EventPayload, Topic, delivery::Recipient};
use crate::{
    feed::{Event, interest::InterestKey},
    graphql::subscription_start::SubscriptionFilter,
    model::request_id::RequestId,
};
use parking_lot::Mutex;

/// Sends a payload to a client without waking the task that owns its connection.
pub(in crate::http) trait FrameSink: Send + Sync {
    /// Returns whether the payload was sent. If not, nothing of it was written, and the subscriber's task has to send
    /// it. `buffer` is scratch space that callers share; its contents are overwritten.
    fn try_send(&self, payload: &EventPayload, buffer: &mut Vec<u8>) -> bool;
}

/// What a subscriber asks of its topic.
pub(in crate::http) struct Subscription {
    pub(in crate::http) filter: SubscriptionFilter,
    /// The request that started it.
    pub(in crate::http) request_id: RequestId,
    /// The text of its document, if the topic executes another spelling of it.
    pub(in crate::http) other_spelling: Option<Box<str>>,
    /// Through it, the subscriber can receive an event without being woken.
    pub(in crate::http) sink: Option<Box<dyn FrameSink>>,
}

pub(super) struct Subscriber {
    state: Mutex<State>,
    subscription: Subscription,
}

#[derive(Default)]
struct State {
    /// The first event that its task has to read once woken; 0 for none.
    wake_from: i64,
    /// The newest event up to which all matching events were delivered; meaningful while idle.
    delivered: i64,
    /// Whether its task has sent everything and waits for the next event.
    is_idle: bool,
    waker: Option<Waker>,
}

impl Subscriber {
    pub(super) fn new(subscription: Subscription) -> Self {
        Self {
            state: Mutex::default(),
            subscription,
        }
    }

    pub(super) fn matches(&self, event: &Event) -> bool {
        self.subscription.filter.matches(event)
    }

    pub(super) fn request_id(&self) -> &RequestId {
        &self.subscription.request_id
    }

    pub(super) fn interest_keys(&self) -> Vec<InterestKey> {
        self.subscription.filter.interest().keys()
    }

    /// Whether the errors of the payload have locations in another text.
    fn needs_relocation(&self, payload: &EventPayload) -> bool {
        payload.has_locations() && self.subscription.other_spelling.is_some()
    }

    /// Wakes the subscriber's task to read the feed from `seq`.
    pub(super) fn wake(&self, seq: i64) {
        self.state.lock().wake(seq);
    }

    fn poll_wake(&self, seq: i64, cx: &mut Context<'_>) -> Poll<i64> {
        let mut state = self.state.lock();
        state.delivered = state.delivered.max(seq);
        if state.wake_from != 0 {
            let wake_from = std::mem::take(&mut state.wake_from);
            return Poll::Ready(wake_from.max(state.delivered + 1));
        }
        state.is_idle = true;
        let is_current = |waker: &Waker| waker.will_wake(cx.waker());
        if !state.waker.as_ref().is_some_and(is_current) {
            state.waker = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

/// An event's seq and payload: sent through the sink, or read by the subscriber's task. Events must be delivered in order.
impl Recipient<(i64, Arc<EventPayload>)> for Subscriber {
    fn deliver(&self, (seq, payload): &(i64, Arc<EventPayload>), buffer: &mut Vec<u8>) {
        let mut state = self.state.lock();
        // The task may have read past this event already.
        if state.is_idle && *seq <= state.delivered {
            return;
        }
        let can_send = state.is_idle && !self.needs_relocation(payload);
        if let Some(sink) = self.subscription.sink.as_ref().filter(|_| can_send)
            && sink.try_send(payload, buffer)
        {
            state.delivered = *seq;
            return;
        }
        state.wake(*seq);
    }
}

impl State {
    fn wake(&mut self, seq: i64) {
        self.is_idle = false;
        // Only the first event counts: a task that reads from there meets the later ones.
        if self.wake_from == 0 {
            self.wake_from = seq;
        }
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

/// A registered subscriber; dropping the handle unsubscribes it.
pub(in crate::http) struct SubscriberHandle {
    pub(super) topic: Arc<Topic>,
    pub(super) subscriber: Arc<Subscriber>,
    pub(super) subscriber_id: u64,
}

impl SubscriberHandle {
    pub(in crate::http) fn topic(&self) -> &Arc<Topic> {
        &self.topic
    }

    pub(in crate::http) fn request_id(&self) -> &RequestId {
        self.subscriber.request_id()
    }

    pub(in crate::http) fn matches(&self, event: &Event) -> bool {
        self.subscriber.matches(event)
    }

    /// The payload with the locations of errors in the subscriber's own text.
    pub(in crate::http) fn localize(&self, payload: Arc<EventPayload>) -> Arc<EventPayload> {
        let spelling = self.subscriber.subscription.other_spelling.as_deref();
        self.topic.template.localize(payload, spelling)
    }

    /// Waits for a wake, and returns the first event after `seq` that may match. By calling this, the task confirms
    /// that it has sent all matching events up to `seq`.
    pub(in crate::http) fn poll_wake(&self, seq: i64, cx: &mut Context<'_>) -> Poll<i64> {
        self.subscriber.poll_wake(seq, cx)
    }
}

impl Drop for SubscriberHandle {
    fn drop(&mut self) {
        self.topic.unsubscribe(self);
        // A delivery that is already running may still hold the subscriber: it must not use the sink any more.
        self.subscriber.state.lock().is_idle = false;
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Response;
    use futures_util::task::noop_waker_ref;

    use super::*;
    use crate::graphql::loaders::dispute::EntryFilter;
    use crate::model::request_id::RequestIds;

    /// Whether the sink is blocked, and how many payloads it accepted.
    #[derive(Clone, Default)]
    struct CountingSink(Arc<Mutex<(bool, usize)>>);

    impl FrameSink for CountingSink {
        fn try_send(&self, _: &EventPayload, _: &mut Vec<u8>) -> bool {
            let mut state = self.0.lock();
            state.1 += usize::from(!state.0);
            !state.0
        }
    }

    impl CountingSink {
        fn set_blocked(&self, is_blocked: bool) {
            self.0.lock().0 = is_blocked;
        }

        fn sent(&self) -> usize {
            self.0.lock().1
        }
    }

    #[test]
    fn each_event_is_delivered_once_through_the_sink_or_by_a_wake() {
        let (sink, payload) = (
            CountingSink::default(),
            Arc::new(EventPayload::new(Response::default(), None)),
        );
        let request_id = RequestIds::new([0; 4]).next();
        let subscriber = Subscriber::new(Subscription {
            filter: SubscriptionFilter::Entries(EntryFilter::default()),
            request_id,
            other_spelling: None,
            sink: Some(Box::new(sink.clone())),
        });
        let deliver = |seq| subscriber.deliver(&(seq, Arc::clone(&payload)), &mut Vec::new());
        let poll = |seq| subscriber.poll_wake(seq, &mut Context::from_waker(noop_waker_ref()));
        // Not idle yet.
        deliver(5);
        assert_eq!((poll(3), sink.sent()), (Poll::Ready(5), 0));
        assert_eq!(poll(6), Poll::Pending);
        // The task has read this event itself.
        deliver(6);
        assert_eq!(sink.sent(), 0);
        deliver(7);
        assert_eq!((poll(6), sink.sent()), (Poll::Pending, 1));
        sink.set_blocked(true);
        deliver(8);
        sink.set_blocked(false);
        // No event may overtake one that the task still has to send.
        deliver(9);
        assert_eq!((poll(6), sink.sent()), (Poll::Ready(8), 1));
        assert_eq!(poll(9), Poll::Pending);
        deliver(10);
        assert_eq!(sink.sent(), 2);
    }
}
