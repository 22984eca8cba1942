//! Caching by dependency instead of age: a cached value names the tags it depends on, and a ledger entry invalidates the
//! tags that it changes.
//!
//! Nothing here depends on GraphQL, HTTP or the feed; the feed supplies freshness through [`Freshness`].

pub mod tag;

pub mod invalidation;

pub mod recorder;

pub mod tagged_cache;

use tag::CacheTag;

/// The source of truth about which cached values are still valid.
pub trait Freshness: Send + Sync {
    /// Seq of the newest entry whose tags are recorded.
    fn head(&self) -> i64;

    /// Whether no entry after `seq` changed any of the tags.
    fn is_valid(&self, tags: &[CacheTag], seq: i64) -> bool;
}
