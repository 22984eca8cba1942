//! Live queries: a query with `@live` is answered, and again whenever its answer changes.
//!
//! An answer rests on cache tags. The hub finds the answers whose tags a new entry changes; only these are executed again, each once
//! for all who ask the same in the same role ([`LiveTopic`]). If the bytes are the same, nothing is sent. There is no memory per
//! client: the answer that a returning client has is retained by the topic, or made again by a pinned execution ([`start()`]).
//! Invariant: a topic compares its tags with the newest entry after it has registered them, so that no entry is missed in between.

mod answer;
mod execution;
mod start;
mod state;
mod stream;
mod subscriber;
mod tag_index;
mod template;
mod topic;

use std::{
    collections::HashMap,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    thread::available_parallelism,
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use super::{
    clients::{
        client_ip::ClientIp,
        resource_exceeded::ResourceExceeded,
        resource_limiter::{ResourceLimiter, ResourcePermit},
    },
    fanout::OperationKey,
    limits::cost::CostLimiter,
    one_state::QueryRunner,
};
use crate::{
    config::limits::Limits,
    feed::{Feed, interest::InterestKey, notifier::Listener},
    telemetry::metrics::Metrics,
};
use execution::execute_until_current;
pub(super) use start::{LiveQuery, start};
pub(super) use stream::LiveStream;
use tag_index::TagIndex;
use template::LiveTemplate;
use topic::LiveTopic;

/// The number of the hub among the listeners of the feed, which topics of subscriptions count from zero.
const LISTENER: u64 = u64::MAX;

pub(super) struct LiveHub {
    queries: Arc<QueryRunner>,
    feed: Feed,
    cost_limiter: Arc<CostLimiter>,
    limiter: ResourceLimiter,
    request_timeout: Duration,
    max_cost: u32,
    /// One topic per answer. A topic lives as long as its subscribers.
    topics: Mutex<HashMap<OperationKey, Weak<LiveTopic>>>,
    next_topic_id: AtomicU64,
    index: Mutex<TagIndex>,
    scan: Mutex<Scan>,
    /// Bounds the executions that run at a time, so that a change of many answers leaves room for other requests.
    executions: Semaphore,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct Scan {
    /// The newest entry whose tags were compared with the topics.
    scanned: i64,
    /// The newest announced entry; `None` while no task compares.
    pending: Option<i64>,
}

impl LiveHub {
    pub(super) fn new(
        queries: Arc<QueryRunner>,
        feed: Feed,
        cost_limiter: Arc<CostLimiter>,
        limits: &Limits,
        metrics: Arc<Metrics>,
    ) -> Arc<Self> {
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        Arc::new(Self {
            queries,
            feed,
            cost_limiter,
            limiter: ResourceLimiter::of_live_queries(&limits.transport),
            request_timeout: *limits.time.request,
            max_cost: limits.document.cost,
            topics: Mutex::default(),
            next_topic_id: AtomicU64::new(0),
            index: Mutex::default(),
            scan: Mutex::default(),
            executions: Semaphore::new(cores),
            metrics,
        })
    }

    /// The topic of a validated query, opened if there is none yet. `memory` is that of the client who opens it.
    /// # Errors
    /// The limit of live queries, or of held bytes.
    fn topic(
        self: &Arc<Self>,
        (key, template): (OperationKey, LiveTemplate),
        client: ClientIp,
        memory: &mut ResourcePermit,
    ) -> Result<Arc<LiveTopic>, ResourceExceeded> {
        let mut topics = self.topics.lock();
        if let Some(topic) = topics.get(&key).and_then(Weak::upgrade) {
            return Ok(topic);
        }
        let permit = self.limiter.reserve(client, 1)?;
        let memory = memory.split_off(template.operation.held_bytes())?;
        if topics.is_empty() {
            self.set_scanned(self.feed.head());
            let listener = Arc::<Self>::clone(self);
            let notifier = self.feed.notifier();
            notifier.register(InterestKey::Entries, LISTENER, listener);
        }
        let id = self.next_topic_id.fetch_add(1, Ordering::Relaxed);
        let topic = LiveTopic::new(
            Arc::clone(self),
            id,
            key.clone(),
            template,
            (permit, memory),
        );
        topics.insert(key, Arc::downgrade(&topic));
        Ok(topic)
    }

    /// Forgets a topic that has ended. Another may have taken its place already.
    fn remove(&self, key: &OperationKey) {
        let mut topics = self.topics.lock();
        if topics
            .get(key)
            .is_some_and(|topic| topic.strong_count() == 0)
        {
            topics.remove(key);
        }
        if topics.is_empty() {
            let notifier = self.feed.notifier();
            notifier.deregister(InterestKey::Entries, LISTENER);
        }
    }

    /// Wakes the topics whose tags the announced entries changed. Returns when none is pending.
    async fn scan(self: Arc<Self>) {
        while let Some((scanned, pending)) = self.next_scan() {
            let changed = self.feed.changed_since(scanned);
            let topics = match changed {
                Some(tags) => self.index.lock().matching(&tags),
                None => self.index.lock().all(),
            };
            for topic in topics {
                topic.wake();
            }
            self.set_scanned(pending);
            tokio::task::yield_now().await;
        }
    }

    fn set_scanned(&self, seq: i64) {
        let mut scan = self.scan.lock();
        scan.scanned = scan.scanned.max(seq);
    }

    /// The last entry that was compared, and the newest one. `None` obliges the task to end: the next entry starts another.
    fn next_scan(&self) -> Option<(i64, i64)> {
        let mut scan = self.scan.lock();
        let scanned = scan.scanned;
        scan.pending = scan.pending.filter(|pending| *pending > scanned);
        scan.pending.map(|pending| (scanned, pending))
    }
}

impl Listener for LiveHub {
    fn notify(self: Arc<Self>, seq: i64) {
        let mut scan = self.scan.lock();
        let is_scanning = scan.pending.replace(seq).is_some();
        drop(scan);
        if !is_scanning {
            // No owner needs to abort it: it ends when no entry is pending.
            tokio::spawn(self.scan());
        }
    }
}
