//! Ring buffer of the newest events, so that subscribers near the head need no SQL.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Event;
use parking_lot::RwLock;

/// Number of events in memory.
const CAPACITY: usize = 4_096;
/// Bytes of events in memory.
const MAX_RING_BYTES: usize = 8 << 20;

/// Consecutive events, oldest first.
#[derive(Debug, Default)]
pub(super) struct RingBuffer(RwLock<Inner>);

#[derive(Debug, Default)]
struct Inner {
    events: VecDeque<Arc<Event>>,
    bytes: usize,
}

impl RingBuffer {
    pub(super) fn push(&self, event: Event) {
        let mut inner = self.0.write();
        inner.bytes += event.bytes();
        inner.events.push_back(Arc::new(event));
        // The newest event is always readable.
        while inner.events.len() > CAPACITY
            || (inner.bytes > MAX_RING_BYTES && inner.events.len() > 1)
        {
            let oldest = inner.events.pop_front();
            inner.bytes -= oldest.map_or(0, |oldest| oldest.bytes());
        }
    }

    /// The event with this seq; `None` if it is not, or no longer, in the buffer.
    pub(super) fn find(&self, seq: i64) -> Option<Arc<Event>> {
        let inner = self.0.read();
        let events = &inner.events;
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

    #[test]
    fn large_events_leave_room_for_fewer() {
        let ring = RingBuffer::default();
        for seq in 1..=10 {
            let mut event = event(seq, None);
            event.entry.payload = "x".repeat(MAX_RING_BYTES / 4);
            ring.push(event);
        }
        assert!(!contains(&ring, 7) && contains(&ring, 8) && contains(&ring, 10));
        let mut huge = event(11, None);
        huge.entry.payload = "x".repeat(2 * MAX_RING_BYTES);
        ring.push(huge);
        assert!(!contains(&ring, 10) && contains(&ring, 11));
    }
}
