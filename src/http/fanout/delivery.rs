//! Delivery of one event's payload to its subscribers, in batches, by as many tasks as the runtime has workers.
//!
//! The tasks share an index into the list and take the next batch from it until the list is done.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    runtime::Handle,
    task::{JoinSet, yield_now},
};

use super::{EventPayload, subscriber::Subscriber};

/// Subscribers that are served before the task yields to others; each costs one system call at most.
const BATCH: usize = 32;

pub(super) struct Delivery {
    seq: i64,
    payload: Arc<EventPayload>,
    subscribers: Vec<Arc<Subscriber>>,
    /// Index of the first subscriber that no task has taken yet.
    next: AtomicUsize,
}

impl Delivery {
    pub(super) fn new(
        seq: i64,
        payload: Arc<EventPayload>,
        subscribers: Vec<Arc<Subscriber>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            seq,
            payload,
            subscribers,
            next: AtomicUsize::new(0),
        })
    }

    /// Returns when every subscriber was sent the payload or woken to read it.
    pub(super) async fn run(self: Arc<Self>) {
        let batches = self.subscribers.len().div_ceil(BATCH);
        let workers = Handle::current().metrics().num_workers();
        let mut others = JoinSet::new();
        for _ in 1..workers.min(batches) {
            others.spawn(Arc::clone(&self).deliver_batches());
        }
        self.deliver_batches().await;
        others.join_all().await;
    }

    async fn deliver_batches(self: Arc<Self>) {
        let mut buffer = Vec::new();
        loop {
            let start = self.next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(remaining) = self.subscribers.get(start..) else {
                return;
            };
            for subscriber in remaining.iter().take(BATCH) {
                subscriber.deliver(self.seq, &self.payload, &mut buffer);
            }
            if remaining.len() <= BATCH {
                return;
            }
            yield_now().await;
        }
    }
}
