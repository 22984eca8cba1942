//! The newest events in memory, so that subscribers near the head cost no SQL.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

use super::Event;

/// Events kept.
const CAPACITY: usize = 4_096;

/// Consecutive events, oldest first.
#[derive(Debug, Default)]
pub(super) struct Ring(RwLock<VecDeque<Arc<Event>>>);

impl Ring {
    pub(super) fn push(&self, event: Event) {
        let mut events = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if events.len() == CAPACITY {
            events.pop_front();
        }
        events.push_back(Arc::new(event));
    }

    /// The event of this seq; `None` if it is no longer, or not yet, held.
    pub(super) fn find(&self, seq: i64) -> Option<Arc<Event>> {
        let events = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let oldest = events.front()?.entry.seq;
        let place = usize::try_from(seq - oldest).ok()?;
        events.get(place).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::tests::event;

    fn found(ring: &Ring, seq: i64) -> bool {
        let event = ring.find(seq);
        event.is_some_and(|event| event.entry.seq == seq)
    }

    #[test]
    fn an_event_is_found_while_it_is_held() {
        let ring = Ring::default();
        assert!(!found(&ring, 0));
        (10..15).for_each(|seq| ring.push(event(seq, None)));
        assert!([10, 12, 14].into_iter().all(|seq| found(&ring, seq)));
        assert!(![0, 9, 15].into_iter().any(|seq| found(&ring, seq)));
    }

    #[test]
    fn the_oldest_make_room() {
        let ring = Ring::default();
        let newest = i64::try_from(CAPACITY).unwrap() + 1;
        (1..=newest).for_each(|seq| ring.push(event(seq, None)));
        assert!(!found(&ring, 1) && found(&ring, 2) && found(&ring, newest));
    }
}
