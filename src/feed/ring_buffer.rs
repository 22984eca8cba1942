//! Ring buffer of the newest events, so that subscribers near the head need no SQL.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Event;
use parking_lot::RwLock;

/// Number of events in memory.
const CAPACITY: usize = 4_096;

/// Consecutive events, oldest first.
#[derive(Debug, Default)]
pub(super) struct RingBuffer(RwLock<VecDeque<Arc<Event>>>);

impl RingBuffer {
    pub(super) fn push(&self, event: Event) {
        let mut events = self.0.write();
        if events.len() == CAPACITY {
            events.pop_front();
        }
        events.push_back(Arc::new(event));
    }

    /// The event with this seq; `None` if it is not, or no longer, in the buffer.
    pub(super) fn find(&self, seq: i64) -> Option<Arc<Event>> {
        let events = self.0.read();
        let oldest = events.front()?.entry.seq;
        let index = usize::try_from(seq - oldest).ok()?;
        events.get(index).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::tests::event;

    fn contains(ring: &RingBuffer, seq: i64) -> bool {
        let event = ring.find(seq);
        event.is_some_and(|event| event.entry.seq == seq)
    }

    #[test]
    fn an_event_is_found_while_it_is_in_the_buffer() {
        let ring = RingBuffer::default();
        assert!(!contains(&ring, 0));
        (10..15).for_each(|seq| ring.push(event(seq, None)));
        assert!([10, 12, 14].into_iter().all(|seq| contains(&ring, seq)));
        assert!(![0, 9, 15].into_iter().any(|seq| contains(&ring, seq)));
    }

    #[test]
    fn the_oldest_events_are_dropped() {
        let ring = RingBuffer::default();
        let newest = i64::try_from(CAPACITY).unwrap() + 1;
        (1..=newest).for_each(|seq| ring.push(event(seq, None)));
        assert!(!contains(&ring, 1) && contains(&ring, 2) && contains(&ring, newest));
    }
}
