//! Cache validated by tags instead of age: an entry is returned only if no later ledger entry changed one of its tags
//! (see [`super::invalidation`]).
//!
//! Single flight: concurrent requests for one key wait for the first computation, so that a change costs one execution and
//! not a thousand. Invariant: a returned value is never older than the feed's head at the time of the request.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use quick_cache::{Weighter, sync::Cache};

use super::{Freshness, recorder::TagRecorder, tag::CacheTag};
use crate::telemetry::metrics::CacheMetrics;

pub struct TaggedCache<K, V> {
    entries: Cache<K, Arc<Entry<V>>, EntryWeighter>,
    freshness: Arc<dyn Freshness>,
    /// False for a size of zero: nothing is cached.
    is_enabled: bool,
    metrics: CacheMetrics,
}

struct Entry<V> {
    /// `None` records that the value must not be cached.
    value: Option<V>,
    tags: Vec<CacheTag>,
    /// The feed's head before anything was read.
    seq: i64,
    /// The newest head at which it was valid, so that its tags are looked up once per ledger entry.
    validated_at: AtomicI64,
}

/// A newly computed value.
pub struct Computed<V> {
    pub value: V,
    /// False for a value with errors, which may be gone the next time.
    pub is_cacheable: bool,
}

/// The memory size of a key or value.
pub trait MemorySize {
    /// Approximate size in bytes.
    fn bytes(&self) -> usize;
}

#[derive(Clone)]
struct EntryWeighter;

impl<K: MemorySize, V: MemorySize> Weighter<K, Arc<Entry<V>>> for EntryWeighter {
    fn weight(&self, key: &K, entry: &Arc<Entry<V>>) -> u64 {
        let value = entry.value.as_ref().map_or(0, MemorySize::bytes);
        let tags = entry.tags.len() * size_of::<CacheTag>();
        (key.bytes() + value + tags + ENTRY_OVERHEAD_BYTES) as u64
    }
}

/// Bytes of the parts of an entry that have a fixed size.
const ENTRY_OVERHEAD_BYTES: usize = 384;
/// Assumed bytes of an entry when the cache is allocated.
const TYPICAL_ENTRY_BYTES: u64 = 8 << 10;

impl<K: Clone + Eq + Hash + MemorySize, V: Clone + MemorySize> TaggedCache<K, V> {
    /// `bytes` limits the total size of all entries.
    pub fn new(bytes: u64, freshness: impl Freshness + 'static, metrics: CacheMetrics) -> Self {
        let capacity = usize::try_from(bytes / TYPICAL_ENTRY_BYTES).unwrap_or(usize::MAX);
        Self {
            entries: Cache::with_weighter(capacity.max(1), bytes, EntryWeighter),
            freshness: Arc::new(freshness),
            is_enabled: bytes > 0,
            metrics,
        }
    }

    /// The value, if it is cached and valid.
    pub fn find(&self, key: &K) -> Option<V> {
        let entry = self.entries.get(key)?;
        let value = self.is_valid(&entry).then(|| entry.value.clone())?;
        if value.is_some() {
            self.metrics.hits.inc();
        }
        value
    }

    /// Whether a value is cached, valid or not.
    pub fn contains(&self, key: &K) -> bool {
        let entry = self.entries.peek(key);
        entry.is_some_and(|entry| entry.value.is_some())
    }

    /// The cached value, or the result of `compute`, which records its tags in `recorder`. Waits for a computation of the same
    /// key that is already running.
    /// # Errors
    /// Those of `compute`.
    pub async fn find_or_compute<E>(
        &self,
        key: K,
        recorder: TagRecorder,
        compute: impl Future<Output = Result<Computed<V>, E>>,
    ) -> Result<V, E> {
        if !self.is_enabled {
            self.metrics.misses.inc();
            return Ok(compute.await?.value);
        }
        let guard = loop {
            match self.entries.get_value_or_guard_async(&key).await {
                // An entry that was waited for is checked, too: its computation may have started before the newest ledger entry.
                Ok(entry) if self.is_valid(&entry) => {
                    if let Some(value) = &entry.value {
                        self.metrics.hits.inc();
                        return Ok(value.clone());
                    }
                    self.metrics.misses.inc();
                    return Ok(compute.await?.value);
                }
                Ok(stale) => {
                    let is_stale_entry = |entry: &Arc<Entry<V>>| Arc::ptr_eq(entry, &stale);
                    self.entries.remove_if(&key, is_stale_entry);
                }
                Err(guard) => break guard,
            }
        };
        self.metrics.misses.inc();
        let seq = self.freshness.head();
        let Computed {
            value,
            is_cacheable,
        } = compute.await?;
        let tags = if is_cacheable {
            recorder.into_tags()
        } else {
            None
        };
        let (cached, tags) = match tags {
            Some(tags) => (Some(value.clone()), tags),
            // A marker, so that waiting requests compute in parallel; it expires with the next ledger entry.
            None => (None, vec![CacheTag::Any]),
        };
        let entry = Entry {
            value: cached,
            tags,
            seq,
            validated_at: AtomicI64::new(seq),
        };
        // Fails only if the guard was invalidated meanwhile: then the next request computes the value again.
        drop(guard.insert(Arc::new(entry)));
        self.metrics.record_bytes(self.entries.weight());
        Ok(value)
    }

    fn is_valid(&self, entry: &Entry<V>) -> bool {
        // The head is read before the tags, and tags are recorded before the head moves: the stored head is never too new.
        let head = self.freshness.head();
        if entry.validated_at.load(Ordering::Relaxed) == head {
            return true;
        }
        let is_valid = self.freshness.is_valid(&entry.tags, entry.seq);
        if is_valid {
            entry.validated_at.store(head, Ordering::Relaxed);
        }
        is_valid
    }
}
