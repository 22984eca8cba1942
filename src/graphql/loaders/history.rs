//! Histories of subjects, from the read model: the input of the position fold.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::LoaderContext;
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};
use crate::model::position::history::History;
use crate::read_model::HistoryKey;

/// Longest wait for histories to be loaded after the start.
const LOAD_TIMEOUT: Duration = Duration::from_secs(5);

impl LoaderContext {
    /// The history of a subject; empty if there are no statements about it.
    /// # Errors
    /// `Error::Loading` if histories are still being loaded.
    pub async fn history(&self, key: HistoryKey) -> Result<Arc<History>> {
        self.record_tags([match &key {
            HistoryKey::Relationship(id) => CacheTag::Relationship(*id),
            HistoryKey::Country(code) => CacheTag::country(code),
            HistoryKey::Initiative(id) => CacheTag::Initiative(*id),
        }]);
        self.wait_for_histories().await?;
        let history = self.find_history(&key).unwrap_or_default();
        self.work().spend(history.len() as u64)?;
        Ok(history)
    }

    /// Waits until the read model has all histories, which takes a moment after the start.
    /// # Errors
    /// `Error::Loading` if it takes long.
    pub async fn wait_for_histories(&self) -> Result<()> {
        let loaded = timeout(LOAD_TIMEOUT, self.read_model().wait_for_histories());
        loaded.await.map_err(|_| Error::Loading)
    }
}
