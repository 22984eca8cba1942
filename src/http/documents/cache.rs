//! Document cache: parsed documents by their text, within the document limits.
//!
//! Clients send the same few documents repeatedly. The cache is bounded in bytes; a document that fails to parse or
//! exceeds a limit is not cached.

use std::sync::Arc;

use async_graphql::ServerError;
use quick_cache::{Weighter, sync::Cache};

use crate::http::limits::document;
use crate::{
    config::limits::DocumentLimits, graphql::validation::prepared_document::PreparedDocument,
    telemetry::metrics::CacheMetrics,
};

/// Keyed by the text of the document.
pub(crate) struct DocumentCache {
    prepared: Cache<String, Arc<PreparedDocument>, DocumentWeighter>,
    metrics: CacheMetrics,
}

#[derive(Clone)]
struct DocumentWeighter;

impl Weighter<String, Arc<PreparedDocument>> for DocumentWeighter {
    fn weight(&self, text: &String, _: &Arc<PreparedDocument>) -> u64 {
        ENTRY_OVERHEAD_BYTES + text.len() as u64 * BYTES_PER_CHARACTER
    }
}

/// Memory of a prepared document per byte of its text, in bytes. It contains two parsed copies, in which a field of two
/// letters is a structure of 200 bytes.
const BYTES_PER_CHARACTER: u64 = 100;
/// Bytes per document, whatever its length.
const ENTRY_OVERHEAD_BYTES: u64 = 1_024;
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

    /// The cached document, or the parsed text, which is then cached.
    /// # Errors
    /// Those of [`document::parse`].
    pub(crate) fn find_or_parse(
        &self,
        text: &str,
        limits: &DocumentLimits,
    ) -> Result<Arc<PreparedDocument>, ServerError> {
        if let Some(cached) = self.prepared.get(text) {
            self.metrics.hits.inc();
            return Ok(cached);
        }
        self.metrics.misses.inc();
        let parsed = document::parse(text, limits)?;
        let prepared = Arc::new(PreparedDocument::new(text.to_owned(), parsed));
        self.prepared.insert(text.to_owned(), Arc::clone(&prepared));
        Ok(prepared)
    }
}
