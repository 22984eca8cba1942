//! The newest events in memory, so that subscribers near the head cost no SQL.

use std::collections::VecDeque;
use std::sync::{Arc, RwLock};

use super::Event;

/// Events kept.
const CAPACITY: usize = 4_096;

/// Consecutive events, oldest first.
#[derive(Debug, Default)]
pub(super) struct Ring(RwLock<VecDeque<Arc<Event>>>);

impl Ring {
    pub(super) fn push(&self, event: Event) {
        let mut events = self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if events.len() == CAPACITY {
            events.pop_front();
        }
        events.push_back(Arc::new(event));
    }

    /// At most `limit` events after `seq`; `None` if some of them are no longer, or not yet, held.
    pub(super) fn after(&self, seq: i64, limit: usize) -> Option<Vec<Arc<Event>>> {
        let events = self
            .0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let oldest = events.front()?.entry.seq;
        let skip = usize::try_from(seq + 1 - oldest)
            .ok()
            .filter(|skip| *skip < events.len())?;
        Some(events.iter().skip(skip).take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::tests::event;

    fn seqs(page: Option<Vec<Arc<Event>>>) -> Option<Vec<i64>> {
        page.map(|page| page.iter().map(|event| event.entry.seq).collect())
    }

    #[test]
    fn a_page_holds_what_follows_or_says_that_it_cannot() {
        let ring = Ring::default();
        assert_eq!(seqs(ring.after(0, 2)), None);
        (10..15).for_each(|seq| ring.push(event(seq, None)));
        assert_eq!(seqs(ring.after(8, 2)), None);
        assert_eq!(seqs(ring.after(9, 2)), Some(vec![10, 11]));
        assert_eq!(seqs(ring.after(12, 9)), Some(vec![13, 14]));
        assert_eq!(seqs(ring.after(14, 2)), None);
    }

    #[test]
    fn the_oldest_make_room() {
        let ring = Ring::default();
        let newest = i64::try_from(CAPACITY).unwrap() + 1;
        (1..=newest).for_each(|seq| ring.push(event(seq, None)));
        assert_eq!(seqs(ring.after(0, 1)), None);
        assert_eq!(seqs(ring.after(1, 1)), Some(vec![2]));
    }
}
