//! Tag recorder: collects the cache tags that an execution reads, so that its response is cached until one of them changes.

use std::collections::HashSet;
use std::sync::Arc;

use super::tag::CacheTag;
use parking_lot::Mutex;

/// Clones record into the same set.
#[derive(Clone, Debug, Default)]
pub struct TagRecorder(Arc<Mutex<Recorded>>);

#[derive(Debug, Default)]
struct Recorded {
    tags: HashSet<CacheTag>,
    is_private: bool,
    has_read_database: bool,
}

impl TagRecorder {
    pub fn record(&self, tags: impl IntoIterator<Item = CacheTag>) {
        self.0.lock().tags.extend(tags);
    }

    /// Records that the result depends on the database, and not only on what is in memory.
    pub fn record_database(&self) {
        self.0.lock().has_read_database = true;
    }

    pub fn has_read_database(&self) -> bool {
        self.0.lock().has_read_database
    }

    /// The tags so far.
    pub fn tags(&self) -> Vec<CacheTag> {
        self.0.lock().tags.iter().copied().collect()
    }

    /// Forgets what was recorded, for another execution.
    pub fn clear(&self) {
        *self.0.lock() = Recorded::default();
    }

    /// Marks the response as private: it depends on this caller or this instant.
    pub fn mark_uncacheable(&self) {
        self.0.lock().is_private = true;
    }

    /// Whether it was marked so.
    pub fn is_private(&self) -> bool {
        self.0.lock().is_private
    }

    /// The tags that the response depends on; `None` if it must not be cached.
    pub fn into_tags(self) -> Option<Vec<CacheTag>> {
        let recorded = std::mem::take(&mut *self.0.lock());
        if recorded.is_private {
            return None;
        }
        if recorded.tags.contains(&CacheTag::Any) {
            return Some(vec![CacheTag::Any]);
        }
        Some(recorded.tags.into_iter().collect())
    }
}
