//! Subscriber of a live query: receives a new answer through its sink if it is idle and has one, and is woken otherwise.
//!
//! Invariant: an idle subscriber has been sent the answer before the new one, so that the patch from that one fits. Any other is
//! woken, and its task compares the version that it has with the newest.

use std::{
    collections::BTreeMap,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use parking_lot::Mutex;

use super::{LiveTopic, answer::Answer};
use crate::{
    http::{
        fanout::{EventPayload, FrameSink, Recipient},
        limits::cost::Debtor,
    },
    model::request_id::RequestId,
    telemetry::metrics::GaugeGuard,
};

/// What a client asks of its topic.
pub(super) struct Subscription {
    /// Whether it reads patches.
    pub(super) patch: bool,
    pub(super) debtor: Debtor,
    /// The request that started it.
    pub(super) request_id: RequestId,
    /// The text of its document, if the topic executes another spelling of it.
    pub(super) other_spelling: Option<Box<str>>,
    /// Through it, the subscriber can receive an answer without being woken.
    pub(super) sink: Option<Box<dyn FrameSink>>,
}

pub(super) struct LiveSubscriber {
    state: Mutex<State>,
    pub(super) subscription: Subscription,
}

#[derive(Default)]
struct State {
    /// The version of the answer that the client has.
    version: u64,
    /// Whether its task has sent everything and waits for the next answer.
    is_idle: bool,
    waker: Option<Waker>,
}

/// The subscribers of a topic by number, in the order in which they came.
#[derive(Default)]
pub(super) struct Subscribers {
    by_number: BTreeMap<u64, Arc<LiveSubscriber>>,
    last_number: u64,
    patch_readers: usize,
    /// Who paid last.
    last_payer: u64,
}

impl Subscribers {
    /// Adds a subscriber, and returns its number.
    pub(super) fn add(&mut self, subscriber: Arc<LiveSubscriber>) -> u64 {
        self.last_number += 1;
        self.patch_readers += usize::from(subscriber.subscription.patch);
        self.by_number.insert(self.last_number, subscriber);
        self.last_number
    }

    pub(super) fn remove(&mut self, number: u64) {
        if let Some(subscriber) = self.by_number.remove(&number) {
            self.patch_readers -= usize::from(subscriber.subscription.patch);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_number.is_empty()
    }

    /// All of them, and whether any reads patches.
    pub(super) fn all(&self) -> (Vec<Arc<LiveSubscriber>>, bool) {
        let all = self.by_number.values().cloned().collect();
        (all, self.patch_readers > 0)
    }

    /// The next that may be asked to pay, in turn. The one that is returned counts as asked.
    pub(super) fn next_payer(&mut self) -> Option<Arc<LiveSubscriber>> {
        let mut after = self.by_number.range(self.last_payer + 1..);
        let next = after.next().or_else(|| self.by_number.first_key_value());
        let (number, subscriber) = next?;
        self.last_payer = *number;
        Some(Arc::clone(subscriber))
    }
}

/// A new answer, with the patch from the one before if any subscriber reads patches.
pub(super) struct Step {
    pub(super) answer: Arc<Answer>,
    pub(super) patch: Option<Arc<EventPayload>>,
}

impl LiveSubscriber {
    pub(super) fn new(subscription: Subscription) -> Self {
        Self {
            state: Mutex::default(),
            subscription,
        }
    }

    /// Whether the errors of the payload have locations in another text.
    fn needs_relocation(&self, payload: &EventPayload) -> bool {
        payload.has_locations() && self.subscription.other_spelling.is_some()
    }

    fn payload_of<'s>(&self, step: &'s Step) -> &'s EventPayload {
        let patch = step.patch.as_ref().filter(|_| self.subscription.patch);
        patch.unwrap_or_else(|| step.answer.whole_payload())
    }
}

impl Recipient<Step> for LiveSubscriber {
    fn deliver(&self, step: &Step, buffer: &mut Vec<u8>) {
        let mut state = self.state.lock();
        let version = step.answer.version;
        // Its task may have sent this answer already.
        if state.version >= version {
            return;
        }
        if state.is_idle
            && state.version + 1 == version
            && let Some(sink) = &self.subscription.sink
        {
            let payload = self.payload_of(step);
            if !self.needs_relocation(payload) && sink.try_send(payload, buffer) {
                state.version = version;
                return;
            }
        }
        state.is_idle = false;
        if let Some(waker) = &state.waker {
            waker.wake_by_ref();
        }
    }
}

/// A registered subscriber; dropping the handle unsubscribes it.
pub(super) struct SubscriberHandle {
    pub(super) topic: Arc<LiveTopic>,
    pub(super) subscriber: Arc<LiveSubscriber>,
    pub(super) number: u64,
    pub(super) _gauge: GaugeGuard,
}

impl SubscriberHandle {
    pub(super) fn topic(&self) -> &Arc<LiveTopic> {
        &self.topic
    }

    /// Records which answer the client has.
    pub(super) fn set_version(&self, version: u64) {
        self.subscriber.state.lock().version = version;
    }

    /// The next message, once there is a newer answer than the client has. By calling this, the task confirms that it has sent
    /// the message before.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Arc<EventPayload>> {
        let version = {
            let mut state = self.subscriber.state.lock();
            // An answer is stored before it is delivered: one that is missed here is delivered after the lock is released.
            if self.topic.newest_version() <= state.version {
                state.is_idle = true;
                let is_current = |waker: &Waker| waker.will_wake(cx.waker());
                if !state.waker.as_ref().is_some_and(is_current) {
                    state.waker = Some(cx.waker().clone());
                }
                return Poll::Pending;
            }
            state.is_idle = false;
            state.version
        };
        let (newest, payload) = self
            .topic
            .message_since(version, self.subscriber.subscription.patch);
        self.set_version(newest);
        Poll::Ready(self.localize(payload))
    }

    /// The payload with the locations of errors in the subscriber's own text.
    pub(super) fn localize(&self, payload: Arc<EventPayload>) -> Arc<EventPayload> {
        let spelling = self.subscriber.subscription.other_spelling.as_deref();
        self.topic.template.operation.localize(payload, spelling)
    }
}

impl Drop for SubscriberHandle {
    fn drop(&mut self) {
        self.topic.unsubscribe(self.number);
        // A delivery that is already running may still hold the subscriber: it must not use the sink any more.
        self.subscriber.state.lock().is_idle = false;
    }
}
