//! One event's way to all who want it: from bell to bell, by as many tasks as there are workers.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    runtime::Handle,
    task::{JoinSet, yield_now},
};

use super::{Told, subscriber::Bell};

/// Bells between which nobody else gets a turn; each is a system call at most.
const STRIDE: usize = 32;

pub(super) struct Round {
    seq: i64,
    told: Arc<Told>,
    bells: Vec<Arc<Bell>>,
    /// How many were rung, or are about to be.
    rung: AtomicUsize,
}

impl Round {
    pub(super) fn new(seq: i64, told: Arc<Told>, bells: Vec<Arc<Bell>>) -> Arc<Self> {
        Arc::new(Self {
            seq,
            told,
            bells,
            rung: AtomicUsize::new(0),
        })
    }

    /// Returns when all are told, or woken to look for themselves.
    pub(super) async fn make(self: Arc<Self>) {
        let strides = self.bells.len().div_ceil(STRIDE);
        let workers = Handle::current().metrics().num_workers();
        let mut others = JoinSet::new();
        for _ in 1..workers.min(strides) {
            others.spawn(Arc::clone(&self).walk());
        }
        self.walk().await;
        others.join_all().await;
    }

    async fn walk(self: Arc<Self>) {
        let mut room = Vec::new();
        loop {
            let begin = self.rung.fetch_add(STRIDE, Ordering::Relaxed);
            let Some(rest) = self.bells.get(begin..) else {
                return;
            };
            for bell in rest.iter().take(STRIDE) {
                bell.tell(self.seq, &self.told, &mut room);
            }
            if rest.len() <= STRIDE {
                return;
            }
            yield_now().await;
        }
    }
}
