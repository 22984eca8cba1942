//! Rows and histories as they were at the pin of an execution.
//!
//! A history without what was recorded later is the one that a server held then; the columns that later entries change are
//! derived from it by the projection's own rules. Invariant: a pinned answer is the one that was given live at that seq.

use std::sync::Arc;

use entity::{initiative, relationship, statement};

use super::LoaderContext;
use super::work_budget::LOOKUP;
use crate::cache::tag::CacheTag;
use crate::error::Result;
use crate::ledger::projection::relationship::store_position;
use crate::model::moment::Moment;
use crate::model::position::history::History;
use crate::read_model::HistoryKey;

type Row = Arc<relationship::Model>;

impl LoaderContext {
    /// The history of a subject; `None` without a statement about it. The caller has waited for histories.
    pub(super) fn find_history(&self, key: &HistoryKey) -> Option<Arc<History>> {
        self.as_recorded(&self.read_model().history(key)?)
    }

    /// A history as of the pin; `None` if it had not started.
    pub(super) fn as_recorded(&self, history: &Arc<History>) -> Option<Arc<History>> {
        let earlier = self.pin().and_then(|pin| history.as_recorded(pin));
        let history = earlier.map_or_else(|| Arc::clone(history), Arc::new);
        (!history.is_empty()).then_some(history)
    }

    /// The histories of relationships, in their order. The caller has waited for histories.
    pub fn relationship_histories(&self, rows: &[Row]) -> Arc<[Arc<History>]> {
        let histories = self.read_model().histories();
        let find = |row: &Row| {
            let history = histories.find(&HistoryKey::Relationship(row.id));
            history.and_then(|history| self.as_recorded(history))
        };
        rows.iter()
            .map(|row| find(row).unwrap_or_default())
            .collect()
    }

    /// A statement's row, whose columns about its standing and publication change.
    pub(super) fn statement_as_recorded(&self, mut row: statement::Model) -> statement::Model {
        let history = HistoryKey::of(&row).and_then(|key| self.find_history(&key));
        let history = history.unwrap_or_default();
        row.corrected_by = history.valid_correction_of(row.id);
        row.retracted_at = history.retracted_at(row.id).map(|at| at.0);
        row.retraction_reason = row.retraction_reason.filter(|_| row.retracted_at.is_some());
        if let Some(day) = history.published_on(row.id) {
            row.published_on = day.to_string();
        }
        row
    }

    /// A statement's row, now or as of the pin.
    pub(super) async fn restore_statement(
        &self,
        row: statement::Model,
    ) -> Result<statement::Model> {
        if self.pin().is_none() {
            return Ok(row);
        }
        if let Some(subject) = HistoryKey::of(&row) {
            self.load_histories_of(&[subject]).await?;
        }
        Ok(self.statement_as_recorded(row))
    }

    /// A relationship's row, now or as of the pin.
    pub(super) async fn restore_relationship(
        &self,
        row: relationship::Model,
    ) -> Result<relationship::Model> {
        let row = self.restore_rows(vec![Arc::new(row)]).await?.remove(0);
        Ok(Arc::unwrap_or_clone(row))
    }

    /// Relationships, now or as of the pin, without the time of their newest change.
    pub(super) async fn restore_rows(&self, rows: Vec<Row>) -> Result<Vec<Row>> {
        if self.pin().is_none() {
            return Ok(rows);
        }
        let keys = rows.iter().map(|row| HistoryKey::Relationship(row.id));
        let keys: Vec<HistoryKey> = keys.collect();
        self.load_histories_of(&keys).await?;
        let histories = self.relationship_histories(&rows);
        let facts: usize = histories.iter().map(|history| history.len()).sum();
        self.work()
            .spend(facts as u64 + LOOKUP * rows.len() as u64)?;
        let pairs = rows.iter().zip(histories.iter());
        let restored = pairs.map(|(row, history)| Arc::new(restored_row(row, history)));
        Ok(restored.collect())
    }

    /// A relationship by its id, unless the feed has not reached it yet.
    /// # Errors
    /// `Error::Loading` if a pinned one needs histories, which are still being loaded.
    pub async fn find_relationship(&self, id: i64) -> Result<Option<Row>> {
        let row = self.read_model().read().find_relationship(id).cloned();
        let Some(row) = row.filter(|row| self.includes(row.id)) else {
            return Ok(None);
        };
        self.record_tags([CacheTag::Relationship(id)]);
        Ok(self.restore_rows(vec![row]).await?.pop())
    }

    /// The relationship of an initiative's requesting state to a requested state.
    /// # Errors
    /// As [`LoaderContext::find_relationship`].
    pub async fn find_between(
        &self,
        initiative: &initiative::Model,
        requested_state: &str,
    ) -> Result<Option<Row>> {
        self.record_tags([CacheTag::country(requested_state)]);
        let row = {
            let rows = self.read_model().read();
            rows.find_between(initiative, requested_state).cloned()
        };
        let row = row.filter(|row| self.includes(row.id));
        Ok(self.restore_rows(row.into_iter().collect()).await?.pop())
    }
}

/// The row as the projection stored it after the last entry of a history.
fn restored_row(row: &relationship::Model, history: &History) -> relationship::Model {
    let mut row = relationship::Model {
        changed_seq: 0,
        changed_at: 0,
        ..row.clone()
    };
    if let Some(changed_at) = history.changed_at() {
        store_position(&mut row, &history.position(&Moment::default()), changed_at);
    }
    row
}
