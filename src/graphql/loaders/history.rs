//! Histories of subjects, from the read model: the input of the position fold.

use std::sync::Arc;
use std::time::Duration;

use entity::relationship::Model;
use tokio::time::timeout;

use super::LoaderContext;
use super::work_budget::LOOKUP;
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};
use crate::model::moment::Moment;
use crate::model::position::cutoff::Cutoff;
use crate::model::position::history::History;
use crate::read_model::HistoryKey;

/// Longest wait for histories to be loaded after the start.
const LOAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Subjects whose histories are loaded before those of others: more than an initiative has requested states.
const MAX_LOADED_FIRST: usize = 512;

impl LoaderContext {
    /// The history of a subject; empty if there are no statements about it.
    /// # Errors
    /// `Error::Internal` if it is loaded first after the start, and the database cannot answer.
    pub async fn history(&self, key: HistoryKey) -> Result<Arc<History>> {
        self.record_tags([match &key {
            HistoryKey::Relationship(id) => CacheTag::Relationship(*id),
            HistoryKey::Country(code) => CacheTag::country(code),
            HistoryKey::Initiative(id) => CacheTag::Initiative(*id),
        }]);
        self.load_histories_of(std::slice::from_ref(&key)).await?;
        let history = self.find_history(&key).unwrap_or_default();
        self.work().spend(history.len() as u64)?;
        Ok(history)
    }

    /// Waits until the read model has the histories of some subjects. While all are being loaded after the start, those of few
    /// subjects are loaded first.
    /// # Errors
    /// `Error::Loading` if they are many, and it takes long.
    pub async fn load_histories_of(&self, subjects: &[HistoryKey]) -> Result<()> {
        let incomplete = self.read_model().list_incomplete(subjects);
        if incomplete.len() > MAX_LOADED_FIRST {
            return self.wait_for_histories().await;
        }
        if incomplete.is_empty() {
            return Ok(());
        }
        self.feed.load_histories_of(&incomplete).await
    }

    /// As [`LoaderContext::load_histories_of`], for any number of relationships.
    /// # Errors
    /// Those of [`LoaderContext::load_histories_of`].
    pub async fn load_relationship_histories(&self, rows: &[Arc<Model>]) -> Result<()> {
        if self.read_model().has_histories() {
            return Ok(());
        }
        let keys = rows.iter().map(|row| HistoryKey::Relationship(row.id));
        let keys: Vec<HistoryKey> = keys.collect();
        self.load_histories_of(&keys).await
    }

    /// Folds the history of each relationship that has one. The caller has loaded them.
    /// # Errors
    /// `Error::TooComplex` if that is more than the operation may cost.
    pub fn fold_histories<T>(
        &self,
        rows: &[Arc<Model>],
        mut fold: impl FnMut(&Arc<Model>, &History) -> Option<T>,
    ) -> Result<Vec<T>> {
        if self.pin().is_some() {
            let histories = self.relationship_histories(rows);
            let histories = histories.iter().map(Arc::as_ref);
            let pairs: Vec<_> = rows.iter().zip(histories).collect();
            return self.fold_pairs(&pairs, &mut fold);
        }
        // In place, under the lock: nothing is cloned.
        let histories = self.read_model().histories();
        let find = |row: &Arc<Model>| histories.find(&HistoryKey::Relationship(row.id));
        let pairs = rows.iter().filter_map(|row| Some((row, find(row)?)));
        let pairs: Vec<_> = pairs
            .map(|(row, history)| (row, history.as_ref()))
            .collect();
        self.fold_pairs(&pairs, &mut fold)
    }

    fn fold_pairs<T>(
        &self,
        pairs: &[(&Arc<Model>, &History)],
        fold: &mut impl FnMut(&Arc<Model>, &History) -> Option<T>,
    ) -> Result<Vec<T>> {
        let facts = pairs.iter().map(|(_, history)| history.len() as u64);
        let lookups = LOOKUP * pairs.len() as u64;
        self.work().spend(facts.sum::<u64>() + lookups)?;
        let folded = pairs.iter().filter_map(|(row, history)| fold(row, history));
        Ok(folded.collect())
    }

    /// Those of the relationships that a statement is about that is valid now.
    /// # Errors
    /// Those of [`LoaderContext::load_histories_of`].
    pub async fn list_with_valid_statements(
        &self,
        rows: Vec<Arc<Model>>,
    ) -> Result<Vec<Arc<Model>>> {
        for rows in rows.chunks(MAX_LOADED_FIRST) {
            self.load_relationship_histories(rows).await?;
        }
        let now = Cutoff::from(&Moment::default());
        let histories = self.relationship_histories(&rows);
        let rows = rows.into_iter().zip(histories.iter());
        let rows = rows.filter(|(_, history)| !history.visible(&now).is_empty());
        Ok(rows.map(|(row, _)| row).collect())
    }

    /// Waits until the read model has all histories, which takes a moment after the start.
    /// # Errors
    /// `Error::Loading` if it takes long.
    pub async fn wait_for_histories(&self) -> Result<()> {
        let loaded = timeout(LOAD_TIMEOUT, self.read_model().wait_for_histories());
        loaded.await.map_err(|_| Error::Loading)
    }

    /// Whether the read model has all changes: always, but for a moment after the start.
    pub fn has_changes(&self) -> bool {
        self.read_model().has_changes()
    }
}
