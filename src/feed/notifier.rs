//! The notifier: the tailer calls every listener whose interest an event matches.

use std::sync::Arc;

use super::{
    Event,
    interest::{InterestIndex, InterestKey},
};
use parking_lot::Mutex;

/// A receiver of notifications about new events.
pub trait Listener: Send + Sync {
    /// Reports an event that may match and that can be read now. The tailer calls it, so it must not block: it only stores the
    /// seq.
    fn notify(self: Arc<Self>, seq: i64);
}

/// The listeners that the tailer notifies. Clones share them.
#[derive(Clone, Default)]
pub struct Notifier(Arc<Mutex<InterestIndex<Arc<dyn Listener>>>>);

impl Notifier {
    /// Adds a listener for the events after the current head. `number` must be unique.
    pub fn register(&self, key: InterestKey, number: u64, listener: Arc<dyn Listener>) {
        self.0.lock().register(key, number, listener);
    }

    pub fn deregister(&self, key: InterestKey, number: u64) {
        self.0.lock().deregister(key, number);
    }

    /// Notifies the listeners of an event. The caller does so after the event can be read.
    pub(super) fn notify(&self, event: &Event) {
        let listeners: Vec<_> = self.0.lock().matching(event).cloned().collect();
        for listener in listeners {
            listener.notify(event.entry.seq);
        }
    }
}
