//! A waker that wakes a task and remembers that it did, so that the task can tell which of its sources woke it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::task::{Wake, Waker};

use futures_util::task::AtomicWaker;

/// Clones of the waker made from it share the flag.
#[derive(Default)]
pub struct WakeFlag {
    woken: AtomicBool,
    task: AtomicWaker,
}

impl WakeFlag {
    /// A flag that is raised already: nothing was polled yet.
    pub fn raised() -> Self {
        let flag = Self::default();
        flag.raise();
        flag
    }

    /// Sets the flag without waking anything.
    pub fn raise(&self) {
        self.woken.store(true, Ordering::Release);
    }

    /// The task to wake from now on.
    pub fn register(&self, waker: &Waker) {
        self.task.register(waker);
    }

    /// Clears the flag and returns whether it was raised.
    pub fn take(&self) -> bool {
        self.woken.swap(false, Ordering::AcqRel)
    }

    pub fn is_raised(&self) -> bool {
        self.woken.load(Ordering::Acquire)
    }
}

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.raise();
        self.task.wake();
    }
}
