//! Who is to be woken by which event: only those whom it may concern.
//!
//! A bell says that something may have come, and from where on to look; it carries nothing. Invariant: a bell is hung
//! before its subscriber first looks, so whatever comes later rings it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{Event, touched::Tag};

/// What a subscriber may want to hear of. It asks each event itself; this only spares it from being woken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interest {
    Entries,
    Changes,
    /// Changes of the stance of these requested states, by alpha-2 code.
    Countries(Vec<String>),
    /// Changes in these initiatives, by seq.
    Initiatives(Vec<i64>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Entries,
    Changes,
    About(Tag),
}

impl Interest {
    fn keys(&self) -> Vec<Key> {
        match self {
            Self::Entries => vec![Key::Entries],
            Self::Changes => vec![Key::Changes],
            Self::Countries(codes) => {
                let tags = codes.iter().map(|code| Tag::country(code));
                tags.map(Key::About).collect()
            }
            Self::Initiatives(ids) => {
                let tags = ids.iter().map(|id| Tag::Initiative(*id));
                tags.map(Key::About).collect()
            }
        }
    }
}

/// All bells that hang. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Doorbells(Arc<Mutex<Hanging>>);

#[derive(Debug, Default)]
struct Hanging {
    bells: HashMap<Key, HashMap<u64, Arc<Bell>>>,
    last: u64,
}

#[derive(Debug, Default)]
struct Bell {
    /// The first event since its owner last looked; 0 for none.
    first: AtomicI64,
    rung: Notify,
}

impl Doorbells {
    pub(super) fn hang(&self, interest: &Interest) -> OwnBell {
        let (keys, bell) = (interest.keys(), Arc::new(Bell::default()));
        let mut hanging = self.lock();
        hanging.last += 1;
        let number = hanging.last;
        for key in &keys {
            let bells = hanging.bells.entry(*key).or_default();
            bells.insert(number, Arc::clone(&bell));
        }
        drop(hanging);
        OwnBell {
            doorbells: self.clone(),
            keys,
            number,
            bell,
        }
    }

    /// After the event can be read.
    pub(super) fn ring(&self, event: &Event) {
        let mut keys = vec![Key::Entries];
        if let Some(change) = &event.change {
            let country = Tag::country(&change.requested_state);
            let initiative = Tag::Initiative(change.initiative_id);
            keys.extend([Key::Changes, Key::About(country), Key::About(initiative)]);
        }
        let hanging = self.lock();
        let concerned = keys.iter().filter_map(|key| hanging.bells.get(key));
        for bell in concerned.flat_map(HashMap::values) {
            bell.ring(event.entry.seq);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Hanging> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bell {
    fn ring(&self, seq: i64) {
        // Only the first counts: whoever looks from there on sees the others.
        let (relaxed, release) = (Ordering::Relaxed, Ordering::Release);
        let _ = self.first.compare_exchange(0, seq, release, relaxed);
        self.rung.notify_one();
    }
}

/// A subscriber's bell, taken down when it is dropped.
#[derive(Debug)]
pub(super) struct OwnBell {
    doorbells: Doorbells,
    keys: Vec<Key>,
    number: u64,
    bell: Arc<Bell>,
}

impl OwnBell {
    /// Waits for a ring, and tells the first event since the last time. A ring may come for what was seen already.
    pub(super) async fn rung(&self) -> i64 {
        loop {
            self.bell.rung.notified().await;
            let first = self.bell.first.swap(0, Ordering::AcqRel);
            if first != 0 {
                return first;
            }
        }
    }
}

impl Drop for OwnBell {
    fn drop(&mut self) {
        let mut hanging = self.doorbells.lock();
        for key in &self.keys {
            if let Some(bells) = hanging.bells.get_mut(key) {
                bells.remove(&self.number);
                if bells.is_empty() {
                    hanging.bells.remove(key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::feed::tests::event;

    #[test]
    fn an_event_rings_for_those_whom_it_may_concern() {
        let doorbells = Doorbells::default();
        let hang = |interest| doorbells.hang(&interest);
        let entries = hang(Interest::Entries);
        let changes = hang(Interest::Changes);
        let rwanda = hang(Interest::Countries(vec!["PE".into(), "RW".into()]));
        let peru = hang(Interest::Countries(vec!["PE".into()]));
        let initiative = hang(Interest::Initiatives(vec![1]));
        let other = hang(Interest::Initiatives(vec![2]));
        doorbells.ring(&event(3, None));
        doorbells.ring(&event(4, Some(("RW", 1))));
        doorbells.ring(&event(5, Some(("RW", 1))));
        let first = |bell: &OwnBell| bell.rung().now_or_never();
        assert_eq!(first(&entries), Some(3));
        for bell in [&changes, &rwanda, &initiative] {
            assert_eq!(first(bell), Some(4));
            assert_eq!(first(bell), None);
        }
        assert_eq!((first(&peru), first(&other)), (None, None));
    }

    #[test]
    fn a_bell_that_is_dropped_hangs_nowhere() {
        let doorbells = Doorbells::default();
        let bell = doorbells.hang(&Interest::Countries(vec!["PE".into(), "RW".into()]));
        assert_eq!(doorbells.lock().bells.len(), 2);
        drop(bell);
        assert!(doorbells.lock().bells.is_empty());
    }
}
