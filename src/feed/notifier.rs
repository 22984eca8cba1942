//! The notifier: the tailer calls every listener whose interest an event matches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{
    Event,
    interest::{Bells, Key},
};

/// Somebody who is told of events as they come.
pub trait Hear: Send + Sync {
    /// An event that may concern them, and that can be read now. It is called from where the ledger is read, so it only
    /// makes a note.
    fn hear(self: Arc<Self>, seq: i64);
}

/// All who are told by the tailer. Clones are the same.
#[derive(Clone, Default)]
pub struct Doorbells(Arc<Mutex<Bells<Arc<dyn Hear>>>>);

impl Doorbells {
    /// From now on, whatever comes after the feed's head is told. `number` is not used by anybody else.
    pub fn hang(&self, key: Key, number: u64, bell: Arc<dyn Hear>) {
        self.lock().hang(key, number, bell);
    }

    pub fn take_down(&self, key: Key, number: u64) {
        self.lock().take_down(key, number);
    }

    /// After the event can be read.
    pub(super) fn ring(&self, event: &Event) {
        let concerned: Vec<_> = self.lock().concerned(event).cloned().collect();
        for bell in concerned {
            bell.hear(event.entry.seq);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Bells<Arc<dyn Hear>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
