//! The newest stance changes of each relationship, kept: most questions about a relationship ask for them.
//!
//! What is kept is given as long as nothing was recorded about the relationship since it was read.

use std::sync::Arc;

use entity::stance_change::Model;
use quick_cache::{Weighter, sync::Cache};

use crate::cache::Freshness;
use crate::graphql::pagination::{Page, Slice};
use crate::{cache::tag::Tag, feed::Feed};

/// Clones share what is kept.
#[derive(Clone)]
pub struct Recent {
    pages: Arc<Cache<Key, Arc<Kept>, Weight>>,
    feed: Feed,
}

/// Pages that begin at an end of the list; those after a cursor are asked for too rarely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    relationship: i64,
    size: u64,
    backward: bool,
}

struct Kept {
    page: Slice<Arc<Model>>,
    /// The feed's head before it was read.
    seq: i64,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Kept>> for Weight {
    fn weight(&self, _: &Key, kept: &Arc<Kept>) -> u64 {
        OVERHEAD + kept.page.rows.len() as u64 * ROW
    }
}

/// Bytes of a row with its texts.
const ROW: u64 = 480;
/// Bytes of a page besides.
const OVERHEAD: u64 = 128;

impl Recent {
    /// `bytes` bounds all that is kept together.
    pub fn new(bytes: u64, feed: Feed) -> Self {
        let usual = OVERHEAD + 5 * ROW;
        let count = usize::try_from(bytes / usual).unwrap_or(usize::MAX);
        let pages = Cache::with_weighter(count.max(1), bytes, Weight);
        Self {
            pages: Arc::new(pages),
            feed,
        }
    }

    pub fn find(&self, relationship: i64, page: &Page) -> Option<Slice<Arc<Model>>> {
        let kept = self.pages.get(&key(relationship, page)?)?;
        let tag = Tag::Relationship(relationship);
        let holds = self.feed.is_valid(&[tag], kept.seq);
        holds.then(|| kept.page.clone())
    }

    /// `seq` is what [`Recent::begin`] gave before the page was read.
    pub fn keep(&self, relationship: i64, page: &Page, seq: i64, rows: Slice<Arc<Model>>) {
        if let Some(key) = key(relationship, page) {
            self.pages.insert(key, Arc::new(Kept { page: rows, seq }));
        }
    }

    pub fn begin(&self) -> i64 {
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
