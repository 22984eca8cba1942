//! What was made before and still holds: the same bytes again, without executing anything.
//!
//! A value is kept with what it rests on, and given again only if nothing recorded since has touched that (see
//! `feed/touched`). Who asks for one that is being made waits for it, so that a change costs one execution and not a
//! thousand. Invariant: what is given is never older than the feed's head when it was asked for.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use quick_cache::{Weighter, sync::Cache};

use super::{Freshness, recorder::Reads, tag::Tag};
use crate::telemetry::metrics::Uses;

pub struct Kept<K, V> {
    items: Cache<K, Arc<Item<V>>, Weight>,
    freshness: Arc<dyn Freshness>,
    /// Nothing is kept if there is no room for anything.
    is_on: bool,
    uses: Uses,
}

struct Item<V> {
    /// None is the knowledge that it must not be kept.
    value: Option<V>,
    tags: Vec<Tag>,
    /// The feed's head before anything was read.
    seq: i64,
    /// The newest head at which it was found to hold, so that its tags are looked up once for each entry.
    held_at: AtomicI64,
}

/// A value fresh from its making.
pub struct Made<V> {
    pub value: V,
    /// Without errors, which may be gone the next time.
    pub is_whole: bool,
}

/// How much memory a key or value takes.
pub trait Weigh {
    /// Roughly.
    fn bytes(&self) -> usize;
}

#[derive(Clone)]
struct Weight;

impl<K: Weigh, V: Weigh> Weighter<K, Arc<Item<V>>> for Weight {
    fn weight(&self, key: &K, item: &Arc<Item<V>>) -> u64 {
        let value = item.value.as_ref().map_or(0, Weigh::bytes);
        let tags = item.tags.len() * size_of::<Tag>();
        (key.bytes() + value + tags + OVERHEAD) as u64
    }
}

/// Bytes of an item's parts that are the same for all.
const OVERHEAD: usize = 512;
/// Bytes of an item for which the cache makes room at first.
const USUAL: u64 = 8 << 10;

impl<K: Clone + Eq + Hash + Weigh, V: Clone + Weigh> Kept<K, V> {
    /// `bytes` bounds all that is kept together.
    pub fn new(bytes: u64, freshness: impl Freshness + 'static, uses: Uses) -> Self {
        let items = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX);
        Self {
            items: Cache::with_weighter(items.max(1), bytes, Weight),
            freshness: Arc::new(freshness),
            is_on: bytes > 0,
            uses,
        }
    }

    /// The value, if it was made before and holds.
    pub fn find(&self, key: &K) -> Option<V> {
        let item = self.items.get(key)?;
        let found = self.holds(&item).then(|| item.value.clone())?;
        if found.is_some() {
            self.uses.hits.inc();
        }
        found
    }

    /// What is kept, or what `make` makes unless somebody else is at it. It notes in `reads` what it rests on.
    /// # Errors
    /// Those of `make`.
    pub async fn find_or<E>(
        &self,
        key: K,
        reads: Reads,
        make: impl Future<Output = Result<Made<V>, E>>,
    ) -> Result<V, E> {
        if !self.is_on {
            self.uses.misses.inc();
            return Ok(make.await?.value);
        }
        let place = loop {
            match self.items.get_value_or_guard_async(&key).await {
                // Also asked of what was waited for: it may have been begun before an entry that we know of.
                Ok(item) if self.holds(&item) => {
                    if let Some(value) = &item.value {
                        self.uses.hits.inc();
                        return Ok(value.clone());
                    }
                    self.uses.misses.inc();
                    return Ok(make.await?.value);
                }
                Ok(stale) => {
                    let is_it = |item: &Arc<Item<V>>| Arc::ptr_eq(item, &stale);
                    self.items.remove_if(&key, is_it);
                }
                Err(place) => break place,
            }
        };
        self.uses.misses.inc();
        let seq = self.freshness.head();
        let Made { value, is_whole } = make.await?;
        let tags = if is_whole { reads.into_tags() } else { None };
        let (kept, tags) = match tags {
            Some(tags) => (Some(value.clone()), tags),
            // So that those who wait do not wait for one another; asked again after the next entry.
            None => (None, vec![Tag::Everything]),
        };
        let item = Item {
            value: kept,
            tags,
            seq,
            held_at: AtomicI64::new(seq),
        };
        // Fails only if the place was taken away meanwhile: then the next one makes the value anew.
        drop(place.insert(Arc::new(item)));
        Ok(value)
    }

    fn holds(&self, item: &Item<V>) -> bool {
        // Read before the tags are, which are noted before the head moves: what is remembered is never too late.
        let head = self.freshness.head();
        if item.held_at.load(Ordering::Relaxed) == head {
            return true;
        }
        let holds = self.freshness.is_valid(&item.tags, item.seq);
        if holds {
            item.held_at.store(head, Ordering::Relaxed);
        }
        holds
    }
}
