//! What entries change, so that an answer that was kept can tell whether it still holds.
//!
//! An answer notes what it rests on, in [`Tag`]s. It holds for as long as no later entry touched one of them. Coarse is
//! safe: an entry touches both ends of its relationship and the initiative as a whole, and [`Tag::Everything`] always.

use std::collections::{HashMap, VecDeque};
use std::sync::{PoisonError, RwLock};

use super::tag::Tag;

/// Entries whose tags are remembered. What rests on older ones is taken for stale.
const ENTRIES: usize = 16_384;

/// The newest entry that touched each tag.
#[derive(Debug, Default)]
pub struct Touched(RwLock<Inner>);

#[derive(Debug, Default)]
struct Inner {
    newest: HashMap<Tag, i64>,
    entries: VecDeque<(i64, Vec<Tag>)>,
    /// The newest entry that was forgotten.
    horizon: i64,
}

impl Touched {
    /// Before the entry is told to anybody.
    pub fn note(&self, seq: i64, mut tags: Vec<Tag>) {
        tags.push(Tag::Everything);
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for tag in &tags {
            inner.newest.insert(*tag, seq);
        }
        inner.entries.push_back((seq, tags));
        if inner.entries.len() > ENTRIES {
            inner.forget_oldest();
        }
    }

    /// For an entry of which nobody can tell what it changed: nothing before it holds any more.
    pub fn note_unknown(&self, seq: i64) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *inner = Inner {
            horizon: seq,
            ..Inner::default()
        };
    }

    /// Whether nothing that was recorded after `seq` touched any of the tags.
    pub fn holds(&self, tags: &[Tag], seq: i64) -> bool {
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let is_untouched = |tag| inner.newest.get(tag).is_none_or(|newest| *newest <= seq);
        seq >= inner.horizon && tags.iter().all(is_untouched)
    }
}

impl Inner {
    fn forget_oldest(&mut self) {
        let Some((seq, tags)) = self.entries.pop_front() else {
            return;
        };
        self.horizon = seq;
        for tag in tags {
            if self.newest.get(&tag) == Some(&seq) {
                self.newest.remove(&tag);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_until_something_it_rests_on_is_touched() {
        let touched = Touched::default();
        let (rwanda, peru) = (Tag::country("RW"), Tag::country("PE"));
        touched.note(7, vec![rwanda, Tag::Initiative(1)]);
        assert!(touched.holds(&[rwanda], 7));
        assert!(!touched.holds(&[rwanda], 6));
        assert!(touched.holds(&[peru], 6));
        assert!(!touched.holds(&[peru, Tag::Initiative(1)], 6));
        assert!(!touched.holds(&[Tag::Everything], 6));
        assert!(touched.holds(&[], 0));
    }

    #[test]
    fn an_entry_that_nobody_can_read_may_have_changed_anything() {
        let touched = Touched::default();
        touched.note_unknown(7);
        assert!(!touched.holds(&[], 6) && touched.holds(&[Tag::Everything], 7));
    }

    #[test]
    fn memory_is_bounded_and_what_is_forgotten_is_stale() {
        let touched = Touched::default();
        let entries = i64::try_from(ENTRIES).unwrap();
        for seq in 1..=entries + 2 {
            touched.note(seq, vec![Tag::Statement(seq)]);
        }
        let inner = touched.0.read().unwrap();
        assert_eq!((inner.horizon, inner.newest.len()), (2, ENTRIES + 1));
        drop(inner);
        assert!(!touched.holds(&[Tag::Statement(1)], 1));
        assert!(touched.holds(&[Tag::Statement(1)], 2));
    }
}
