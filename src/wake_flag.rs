//! Wake flag: a waker that wakes a task and records that it was called, so that the task knows which of its sources
//! woke it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::task::{Wake, Waker};

use futures_util::task::AtomicWaker;

/// Wakers created from it share the flag.
#[derive(Default)]
pub struct WakeFlag {
    is_raised: AtomicBool,
    task_waker: AtomicWaker,
}

impl WakeFlag {
    /// A flag that is raised already, for sources that were not polled yet.
    pub fn raised() -> Self {
        let flag = Self::default();
        flag.raise();
        flag
    }

    /// Sets the flag without waking anything.
    pub fn raise(&self) {
        self.is_raised.store(true, Ordering::Release);
    }

    /// Sets the task to wake, instead of the previous one.
    pub fn register(&self, waker: &Waker) {
        self.task_waker.register(waker);
    }

    /// Clears the flag and returns whether it was raised.
    pub fn take(&self) -> bool {
        self.is_raised.swap(false, Ordering::AcqRel)
    }

    pub fn is_raised(&self) -> bool {
        self.is_raised.load(Ordering::Acquire)
    }
}

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.raise();
        self.task_waker.wake();
    }
}
