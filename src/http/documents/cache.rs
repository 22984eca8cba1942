//! Document cache: parsed documents by their canonical text, within the document limits.
//!
//! Clients send the same few documents repeatedly, and in several spellings. The cache is bounded in bytes; a document
//! that fails to parse or exceeds a limit is not cached; one that is not valid is removed after its validation.

use std::sync::Arc;

use async_graphql::ServerError;
use quick_cache::{Weighter, sync::Cache};

use crate::http::limits::document;
use crate::{
    config::limits::DocumentLimits, graphql::validation::prepared_document::PreparedDocument,
    telemetry::metrics::CacheMetrics,
};

/// Keyed by the canonical text, which the document holds, too.
pub(crate) struct DocumentCache {
    prepared: Cache<Arc<str>, CachedDocument, DocumentWeighter>,
    metrics: CacheMetrics,
}

/// A document with its size when it was inserted: the cache requires that a weight does not change.
#[derive(Clone)]
struct CachedDocument {
    document: Arc<PreparedDocument>,
    bytes: u64,
}

impl CachedDocument {
    fn new(document: &Arc<PreparedDocument>) -> Self {
        Self {
            bytes: document.bytes() as u64,
            document: Arc::clone(document),
        }
    }
}

#[derive(Clone)]
struct DocumentWeighter;

impl Weighter<Arc<str>, CachedDocument> for DocumentWeighter {
    fn weight(&self, _: &Arc<str>, cached: &CachedDocument) -> u64 {
        ENTRY_OVERHEAD_BYTES + cached.bytes
    }
}

/// Bytes per document, whatever its length.
const ENTRY_OVERHEAD_BYTES: u64 = 512;
/// Bytes per document for the initial capacity.
const TYPICAL_ENTRY_BYTES: u64 = 32 << 10;

impl DocumentCache {
    /// `bytes` bounds the size of the whole cache.
    pub(crate) fn new(bytes: u64, metrics: CacheMetrics) -> Self {
        let count = usize::try_from(bytes / TYPICAL_ENTRY_BYTES).unwrap_or(usize::MAX);
        Self {
            prepared: Cache::with_weighter(count.max(1), bytes, DocumentWeighter),
            metrics,
        }
    }

    /// The cached document, or the parsed text, which is then cached. The positions in a cached document are those of
    /// the text that was parsed.
    /// # Errors
    /// Those of [`document::parse`].
    pub(crate) fn find_or_parse(
        &self,
        text: &str,
        limits: &DocumentLimits,
    ) -> Result<Arc<PreparedDocument>, ServerError> {
        let canonical = document::canonical_text(text, limits)?;
        if let Some(cached) = self.prepared.get(canonical.as_str()) {
            self.metrics.hits.inc();
            return Ok(cached.document);
        }
        self.metrics.misses.inc();
        let parsed = document::parse(text, limits)?;
        let canonical: Arc<str> = canonical.into();
        let document = PreparedDocument::new(text.into(), Arc::clone(&canonical), parsed);
        let prepared = Arc::new(document);
        let cached = CachedDocument::new(&prepared);
        self.prepared.insert(canonical, cached);
        self.metrics.record_bytes(self.prepared.weight());
        Ok(prepared)
    }

    /// Weighs a document again: its validation has added to it. One that was removed meanwhile is cached again.
    pub(crate) fn weigh(&self, document: &Arc<PreparedDocument>) {
        let key = Arc::clone(document.canonical_text());
        self.prepared.insert(key, CachedDocument::new(document));
        self.metrics.record_bytes(self.prepared.weight());
    }

    /// Removes a document that is not valid: nobody sends it for long, and its errors have no weight here.
    pub(crate) fn remove(&self, document: &PreparedDocument) {
        self.prepared.remove(&**document.canonical_text());
    }
}
