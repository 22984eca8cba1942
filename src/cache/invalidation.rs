//! Invalidation index: the newest ledger entry that changed each cache tag.
//!
//! A cached response records the [`CacheTag`]s that it depends on. It is valid until a later entry changes one of them. Coarse
//! tags are safe: an entry changes both states of its relationship, the initiative as a whole, and always [`CacheTag::Any`].

use std::collections::{HashMap, HashSet, VecDeque};

use super::tag::CacheTag;
use parking_lot::RwLock;

/// Entries whose tags are stored. A value that depends on older entries counts as stale.
const MAX_ENTRIES: usize = 8_192;

/// The newest entry that changed each tag.
#[derive(Debug, Default)]
pub struct InvalidationIndex(RwLock<Inner>);

#[derive(Debug, Default)]
struct Inner {
    newest: HashMap<CacheTag, i64>,
    entries: VecDeque<(i64, Vec<CacheTag>)>,
    /// The newest entry whose tags were dropped.
    horizon: i64,
}

impl InvalidationIndex {
    /// Of a ledger whose entries up to `seq` are not recorded.
    pub fn starting_at(seq: i64) -> Self {
        let index = Self::default();
        index.invalidate_all(seq);
        index
    }

    /// Records which tags an entry changes. The caller does so before it publishes the entry.
    pub fn record(&self, seq: i64, mut tags: Vec<CacheTag>) {
        tags.push(CacheTag::Any);
        let mut inner = self.0.write();
        for tag in &tags {
            inner.newest.insert(*tag, seq);
        }
        inner.entries.push_back((seq, tags));
        if inner.entries.len() > MAX_ENTRIES {
            inner.drop_oldest();
        }
    }

    /// Invalidates every older value, for an entry whose effects are unknown.
    pub fn invalidate_all(&self, seq: i64) {
        let mut inner = self.0.write();
        *inner = Inner {
            horizon: seq,
            ..Inner::default()
        };
    }

    /// Whether no entry after `seq` changed any of the tags.
    pub fn is_valid(&self, tags: &[CacheTag], seq: i64) -> bool {
        let inner = self.0.read();
        let is_unchanged = |tag| inner.newest.get(tag).is_none_or(|newest| *newest <= seq);
        seq >= inner.horizon && tags.iter().all(is_unchanged)
    }

    /// The tags that entries after `seq` changed; `None` if anything may have been changed.
    pub fn changed_since(&self, seq: i64) -> Option<HashSet<CacheTag>> {
        let inner = self.0.read();
        if seq < inner.horizon {
            return None;
        }
        let newer = inner.entries.iter().rev();
        let newer = newer.take_while(|(entry, _)| *entry > seq);
        Some(newer.flat_map(|(_, tags)| tags).copied().collect())
    }
}

impl Inner {
    fn drop_oldest(&mut self) {
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
    fn a_value_is_valid_until_an_entry_changes_one_of_its_tags() {
        let index = InvalidationIndex::default();
        let (rwanda, peru) = (CacheTag::country("RW"), CacheTag::country("PE"));
        index.record(7, vec![rwanda, CacheTag::Initiative(1)]);
        assert!(index.is_valid(&[rwanda], 7));
        assert!(!index.is_valid(&[rwanda], 6));
        assert!(index.is_valid(&[peru], 6));
        assert!(!index.is_valid(&[peru, CacheTag::Initiative(1)], 6));
        assert!(!index.is_valid(&[CacheTag::Any], 6));
        assert!(index.is_valid(&[], 0));
    }

    #[test]
    fn the_tags_of_newer_entries_are_found_together() {
        let index = InvalidationIndex::starting_at(5);
        assert_eq!(index.changed_since(5), Some(HashSet::new()));
        assert!(index.changed_since(4).is_none() && !index.is_valid(&[], 4));
        index.record(6, vec![CacheTag::Initiative(1)]);
        index.record(7, vec![CacheTag::country("RW"), CacheTag::Initiative(1)]);
        let both = [
            CacheTag::Any,
            CacheTag::Initiative(1),
            CacheTag::country("RW"),
        ];
        assert_eq!(index.changed_since(5), Some(HashSet::from(both)));
        assert_eq!(index.changed_since(6), Some(HashSet::from(both)));
        assert_eq!(index.changed_since(7), Some(HashSet::new()));
        index.invalidate_all(8);
        assert_eq!(index.changed_since(7), None);
    }

    #[test]
    fn an_entry_with_unknown_effects_invalidates_everything() {
        let index = InvalidationIndex::default();
        index.invalidate_all(7);
        assert!(!index.is_valid(&[], 6) && index.is_valid(&[CacheTag::Any], 7));
    }

    #[test]
    fn memory_is_bounded_and_dropped_entries_count_as_changed() {
        let index = InvalidationIndex::default();
        let entries = i64::try_from(MAX_ENTRIES).unwrap();
        for seq in 1..=entries + 2 {
            index.record(seq, vec![CacheTag::Statement(seq)]);
        }
        let inner = index.0.read();
        assert_eq!((inner.horizon, inner.newest.len()), (2, MAX_ENTRIES + 1));
        drop(inner);
        assert!(!index.is_valid(&[CacheTag::Statement(1)], 1));
        assert!(index.is_valid(&[CacheTag::Statement(1)], 2));
    }
}
