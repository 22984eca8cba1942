//! Cache of the first or last page of stance changes per relationship, which most relationship queries select.
//!
//! An entry is valid until something is recorded about its relationship.

use std::sync::Arc;

use entity::stance_change::Model;
use quick_cache::{Weighter, sync::Cache};

use crate::cache::Freshness;
use crate::graphql::pagination::{Page, PageSlice};
use crate::{cache::tag::CacheTag, feed::Feed};

/// Clones share the entries.
#[derive(Clone)]
pub struct RecentChangesCache {
    pages: Arc<Cache<Key, Arc<Entry>, EntryWeighter>>,
    feed: Feed,
}

/// Only pages at either end of the list are cached; pages after a cursor are requested too rarely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    relationship: i64,
    size: u64,
    backward: bool,
}

struct Entry {
    page: PageSlice<Arc<Model>>,
    /// The head of the feed before the page was read.
    seq: i64,
}

#[derive(Clone)]
struct EntryWeighter;

impl Weighter<Key, Arc<Entry>> for EntryWeighter {
    fn weight(&self, _: &Key, entry: &Arc<Entry>) -> u64 {
        let rows: usize = entry.page.rows.iter().map(|row| row_bytes(row)).sum();
        (ENTRY_BYTES + entry.page.rows.capacity() * size_of::<Arc<Model>>() + rows) as u64
    }
}

/// Bytes of an entry without its rows: in the cache's tables, with the counters of its `Arc`.
const ENTRY_BYTES: usize = 160 + size_of::<Entry>();
/// Bytes of an allocation besides its content.
const ALLOCATION_BYTES: usize = 16;
/// Size of a typical row, for the initial capacity.
const TYPICAL_ROW_BYTES: u64 = 480;

/// Bytes of a row, whose texts are separate allocations.
fn row_bytes(row: &Model) -> usize {
    let texts = [
        &row.requested_state,
        &row.from_stance,
        &row.to_stance,
        &row.kind,
        &row.hash,
    ];
    let texts = texts.into_iter().chain(&row.occurred_on);
    let texts = texts.map(|text| text.capacity().max(8) + ALLOCATION_BYTES);
    // The counters of its `Arc`, and the allocation.
    size_of::<Model>() + 2 * ALLOCATION_BYTES + texts.sum::<usize>()
}

impl RecentChangesCache {
    /// `bytes` limits the total size of all entries.
    pub fn new(bytes: u64, feed: Feed) -> Self {
        let typical_bytes = ENTRY_BYTES as u64 + 5 * TYPICAL_ROW_BYTES;
        let count = usize::try_from(bytes / typical_bytes).unwrap_or(usize::MAX);
        let pages = Cache::with_weighter(count.max(1), bytes, EntryWeighter);
        Self {
            pages: Arc::new(pages),
            feed,
        }
    }

    pub fn find(&self, relationship: i64, page: &Page) -> Option<PageSlice<Arc<Model>>> {
        let entry = self.pages.get(&key(relationship, page)?)?;
        let tag = CacheTag::Relationship(relationship);
        let is_valid = self.feed.is_valid(&[tag], entry.seq);
        is_valid.then(|| entry.page.clone())
    }

    /// `seq` is [`RecentChangesCache::head`] from before the page was read.
    pub fn insert(&self, relationship: i64, page: &Page, seq: i64, rows: PageSlice<Arc<Model>>) {
        if let Some(key) = key(relationship, page) {
            self.pages.insert(key, Arc::new(Entry { page: rows, seq }));
        }
    }

    /// Head of the feed, to be read before the page.
    pub fn head(&self) -> i64 {
        self.feed.head()
    }
}

fn key(relationship: i64, page: &Page) -> Option<Key> {
    let is_at_an_end = page.after.is_none() && page.before.is_none();
    is_at_an_end.then_some(Key {
        relationship,
        size: page.size,
        backward: page.backward,
    })
}
