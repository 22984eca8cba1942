//! Topic: one live query of one role, its newest answers, and its subscribers.
//!
//! At most one task executes a topic ([`super::execution`]), and only while there are subscribers. An answer is stored before it is
//! delivered, so that a subscriber that is not idle finds it.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::{
    LiveHub,
    answer::Answer,
    execute_until_current,
    state::{Next, Outcome, Payer, TopicState},
    subscriber::{LiveSubscriber, SubscriberHandle, Subscribers, Subscription},
    template::LiveTemplate,
};
use crate::{
    cache::tag::CacheTag,
    http::{
        clients::{resource_exceeded::ResourceExceeded, resource_limiter::ResourcePermit},
        fanout::{EventPayload, OperationKey},
    },
    telemetry::metrics::GaugeGuard,
};

pub(super) struct LiveTopic {
    this: Weak<Self>,
    pub(super) hub: Arc<LiveHub>,
    id: u64,
    key: OperationKey,
    pub(super) template: LiveTemplate,
    state: Mutex<TopicState>,
    subscribers: Mutex<Subscribers>,
    newest_version: AtomicU64,
    /// Notified when an execution has ended.
    pub(super) checked: Notify,
    /// Notified when an entry changed a tag, or a client has paid for an execution.
    pub(super) woken: Notify,
    _permit: ResourcePermit,
    _gauge: GaugeGuard,
}

impl LiveTopic {
    pub(super) fn new(
        hub: Arc<LiveHub>,
        id: u64,
        key: OperationKey,
        template: LiveTemplate,
        (permit, memory): (ResourcePermit, ResourcePermit),
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            _gauge: GaugeGuard::in_gauge(&hub.metrics.live_queries),
            hub,
            id,
            key,
            template,
            state: Mutex::new(TopicState::new(memory)),
            subscribers: Mutex::default(),
            newest_version: AtomicU64::new(0),
            checked: Notify::new(),
            woken: Notify::new(),
            _permit: permit,
        })
    }

    pub(super) fn subscribe(self: &Arc<Self>, subscription: Subscription) -> SubscriberHandle {
        let subscriber = Arc::new(LiveSubscriber::new(subscription));
        SubscriberHandle {
            topic: Arc::clone(self),
            number: self.subscribers.lock().add(Arc::clone(&subscriber)),
            subscriber,
            _gauge: GaugeGuard::in_gauge(&self.hub.metrics.live_subscribers),
        }
    }

    pub(super) fn unsubscribe(&self, number: u64) {
        let mut subscribers = self.subscribers.lock();
        subscribers.remove(number);
        if subscribers.is_empty() {
            self.state.lock().abort_task();
        }
    }

    /// All subscribers, and whether any reads patches.
    pub(super) fn subscribers(&self) -> (Vec<Arc<LiveSubscriber>>, bool) {
        self.subscribers.lock().all()
    }

    /// The next subscriber that may be asked to pay, in turn.
    pub(super) fn next_payer(&self) -> Option<Arc<LiveSubscriber>> {
        self.subscribers.lock().next_payer()
    }

    pub(super) fn newest_version(&self) -> u64 {
        self.newest_version.load(Ordering::Acquire)
    }

    /// Starts the executing task if the answer may have changed, and wakes it if it waits.
    pub(super) fn wake(self: &Arc<Self>) {
        self.woken.notify_one();
        let subscribers = self.subscribers.lock();
        let mut state = self.state.lock();
        if subscribers.is_empty() || state.has_task() || !state.has_work(&self.hub.feed) {
            return;
        }
        let topic = Arc::clone(self);
        state
            .start_task(|number| tokio::spawn(execute_until_current(topic, number)).abort_handle());
    }

    /// A client has paid for an execution, which starts if the answer is not current.
    pub(super) fn pay(self: &Arc<Self>, payer: Payer) {
        self.state.lock().prepaid = Some(payer);
        self.wake();
    }

    /// The client that has paid for the next execution, if there is one.
    pub(super) fn take_prepaid(&self) -> Option<Payer> {
        self.state.lock().prepaid.take()
    }

    /// Clients have the answer at a state, which is the newest: nothing is executed before the next entry. Returns whether the
    /// topic follows that state from now on; otherwise it has an answer, or clients have that of another state.
    pub(super) fn follow_from(self: &Arc<Self>, seq: i64, cursor: &str) -> bool {
        let mut state = self.state.lock();
        let follows = state.set_base(seq, cursor);
        if follows {
            self.set_tags(&mut state, vec![CacheTag::Any]);
        }
        drop(state);
        if follows {
            self.wake();
        }
        follows
    }

    /// The newest answer, if it is that of the feed's head, or of a state at least as new as `seq`.
    pub(super) fn current_answer(&self, seq: i64) -> Option<Arc<Answer>> {
        self.state.lock().current(seq, &self.hub.feed).cloned()
    }

    /// Whether no entry after `seq` has changed what an answer rests on, and it is the newest.
    pub(super) fn is_unchanged_since(&self, seq: i64, answer: &Answer) -> bool {
        let state = self.state.lock();
        let is_newest = state
            .newest()
            .is_some_and(|newest| newest.version == answer.version);
        is_newest && state.is_unchanged_since(seq, &self.hub.feed)
    }

    /// The retained answer of a state.
    pub(super) fn find_answer(&self, seq: i64) -> Option<Arc<Answer>> {
        let state = self.state.lock();
        let found = state.find(|answer| answer.seq == seq && answer.is_complete());
        found.cloned()
    }

    /// The newest version, and the message that brings it to a client that has an older one.
    pub(super) fn message_since(&self, version: u64, patch: bool) -> (u64, Arc<EventPayload>) {
        let (newest, older) = {
            let state = self.state.lock();
            let older = state.find(|answer| answer.version == version).cloned();
            (state.newest().cloned(), older)
        };
        let newest = newest.expect("a version is that of an answer");
        let payload = newest.message_after(version, older.filter(|_| patch).as_deref());
        (newest.version, payload)
    }

    /// What the task with a number has to do next.
    pub(super) fn next(&self, task: u64) -> Next {
        self.state.lock().next(task, &self.hub.feed)
    }

    /// Stores the answer of the base; `None` if it could not be executed.
    pub(super) fn store_base(&self, task: u64, answer: Option<Answer>) {
        let mut state = self.state.lock();
        if state.is_task(task) {
            state.store_base(answer);
            drop(state);
            self.checked.notify_waiters();
        }
    }

    /// Stores what an execution of a task has found: an answer with the next version, which rests on `tags`.
    pub(super) fn store(&self, task: u64, answer: Answer, tags: Vec<CacheTag>) -> Outcome {
        let mut state = self.state.lock();
        if !state.is_task(task) {
            return Outcome::Obsolete;
        }
        let outcome = state.store(answer);
        self.set_tags(&mut state, tags);
        if let Outcome::New { answer, .. } = &outcome {
            self.newest_version.store(answer.version, Ordering::Release);
        }
        drop(state);
        self.checked.notify_waiters();
        outcome
    }

    /// The version of the next answer.
    pub(super) fn next_version(&self) -> u64 {
        self.state.lock().next_version()
    }

    /// Counts the memory of another answer and its tags.
    /// # Errors
    /// The limit that it would exceed.
    pub(super) fn hold(&self, answer: usize, tags: usize) -> Result<(), ResourceExceeded> {
        let template = self.template.operation.held_bytes();
        self.state.lock().hold(template, answer, tags)
    }

    fn set_tags(&self, state: &mut TopicState, tags: Vec<CacheTag>) {
        let mut index = self.hub.index.lock();
        index.set(self.id, &self.this, (&state.tags, &tags));
        state.tags = tags;
    }
}

impl Drop for LiveTopic {
    fn drop(&mut self) {
        let tags = std::mem::take(&mut self.state.get_mut().tags);
        self.hub.index.lock().remove(self.id, &tags);
        self.hub.remove(&self.key);
    }
}
