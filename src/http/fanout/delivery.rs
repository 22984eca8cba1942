//! Delivery of one message to its recipients, in batches, by as many tasks as the runtime has workers.
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

/// Receives messages without waiting.
pub(in crate::http) trait Recipient<M>: Send + Sync + 'static {
    /// Sends the message, or wakes the task that will. `buffer` is scratch space that recipients share.
    fn deliver(&self, message: &M, buffer: &mut Vec<u8>);
}

/// Recipients that are served before the task yields to others; each costs one system call at most.
const BATCH: usize = 32;

pub(in crate::http) struct Delivery<M, R> {
    message: M,
    recipients: Vec<Arc<R>>,
    /// Index of the first recipient that no task has taken yet.
    next: AtomicUsize,
}

impl<M: Send + Sync + 'static, R: Recipient<M>> Delivery<M, R> {
    pub(in crate::http) fn new(message: M, recipients: Vec<Arc<R>>) -> Arc<Self> {
        Arc::new(Self {
            message,
            recipients,
            next: AtomicUsize::new(0),
        })
    }

    /// Returns when every recipient was sent the message or woken to send it.
    pub(in crate::http) async fn run(self: Arc<Self>) {
        let batches = self.recipients.len().div_ceil(BATCH);
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
            let Some(remaining) = self.recipients.get(start..) else {
                return;
            };
            for recipient in remaining.iter().take(BATCH) {
                recipient.deliver(&self.message, &mut buffer);
            }
            if remaining.len() <= BATCH {
                return;
            }
            yield_now().await;
        }
    }
}
