//! Documents that were read and checked before: clients send the same few again and again.

use std::sync::Arc;

use async_graphql::ServerError;
use quick_cache::{Weighter, sync::Cache};

use crate::http::limits::document;
use crate::{
    config::limits::DocumentLimits, graphql::validation::prepared_document::Prepared,
    telemetry::metrics::Uses,
};

/// By their text.
pub(crate) struct Documents {
    prepared: Cache<String, Arc<Prepared>, Weight>,
    uses: Uses,
}

#[derive(Clone)]
struct Weight;

impl Weighter<String, Arc<Prepared>> for Weight {
    fn weight(&self, text: &String, _: &Arc<Prepared>) -> u64 {
        OVERHEAD + text.len() as u64 * MEMORY
    }
}

/// Bytes that a byte of a document takes once it is read, twice: a field of two letters is a structure of 200 bytes.
const MEMORY: u64 = 100;
/// Bytes of any document.
const OVERHEAD: u64 = 1_024;
/// Bytes of a document for which room is made at first.
const USUAL: u64 = 32 << 10;

impl Documents {
    /// `bytes` bounds all of them together.
    pub(crate) fn new(bytes: u64, uses: Uses) -> Self {
        let count = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX);
        Self {
            prepared: Cache::with_weighter(count.max(1), bytes, Weight),
            uses,
        }
    }

    /// # Errors
    /// Those of [`guard::parse`]: nothing is kept then.
    pub(crate) fn find_or_parse(
        &self,
        text: &str,
        limits: &DocumentLimits,
    ) -> Result<Arc<Prepared>, ServerError> {
        if let Some(known) = self.prepared.get(text) {
            self.uses.hits.inc();
            return Ok(known);
        }
        self.uses.misses.inc();
        let parsed = document::parse(text, limits)?;
        let prepared = Arc::new(Prepared::new(text.to_owned(), parsed));
        self.prepared.insert(text.to_owned(), Arc::clone(&prepared));
        Ok(prepared)
    }
}
