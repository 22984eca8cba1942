//! Rows and histories as they were at the pin of an execution.
//!
//! A history without what was recorded later is the one that a server held then; the columns that later entries change are
//! derived from it by the projection's own rules. Invariant: a pinned answer is the one that was given live at that seq.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{initiative, relationship, stance_change, statement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::LoaderContext;
use super::relationship::RelationshipList;
use super::work_budget::LOOKUP;
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::graphql::pagination::keyset::SortDirection;
use crate::graphql::pagination::{Page, PageSlice};
use crate::ledger::projection::relationship::store_position;
use crate::model::moment::Moment;
use crate::model::position::history::History;
use crate::read_model::{HistoryKey, RelationshipSort};

type Row = Arc<relationship::Model>;

/// Relationships that are folded before other tasks have their turn: about a millisecond.
const CHUNK: usize = 2_048;
/// The first chunk of a page; the next are twice as large.
const FIRST_CHUNK: usize = 128;

impl LoaderContext {
    /// The history of a subject; `None` without a statement about it. The caller has waited for histories.
    pub(super) fn find_history(&self, key: &HistoryKey) -> Option<Arc<History>> {
        self.as_recorded(&self.read_model().history(key)?)
    }

    /// A history as of the pin; `None` if it had not begun.
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
    async fn restore_rows(&self, rows: Vec<Row>) -> Result<Vec<Row>> {
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

impl RelationshipList {
    /// One page, now or as of the pin.
    /// # Errors
    /// `Error::Loading` if a pinned one needs histories, which are still being loaded; `Error::TooComplex` if it would take long.
    pub async fn load_page(&self, context: &LoaderContext, page: &Page) -> Result<PageSlice<Row>> {
        if context.pin().is_none() {
            return Ok(self.page(context, page));
        }
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        if self.order == RelationshipSort::RequestedState {
            let rows = self
                .restore_page(context, page, size.saturating_add(1))
                .await?;
            return Ok(page.trim(rows));
        }
        let mut rows = self
            .restore_page(context, &Page::whole(), usize::MAX)
            .await?;
        rows.sort_by_cached_key(|row| self.order.pack(&self.sort_position(row)));
        if self.direction == SortDirection::Descending {
            rows.reverse();
        }
        Ok(page.slice_of(rows, self.direction, |row| self.sort_position(row)))
    }

    /// All rows in the order of the list, now or as of the pin.
    /// # Errors
    /// As [`RelationshipList::load_page`].
    pub async fn load_rows(&self, context: &LoaderContext) -> Result<Vec<Row>> {
        Ok(self.load_page(context, &Page::whole()).await?.rows)
    }

    /// The number of rows, now or as of the pin.
    /// # Errors
    /// As [`RelationshipList::load_page`].
    pub async fn load_count(&self, context: &LoaderContext) -> Result<usize> {
        if context.pin().is_none() {
            return Ok(self.count(context));
        }
        let rows = self
            .restore_page(context, &Page::whole(), usize::MAX)
            .await?;
        Ok(rows.len())
    }

    /// The first `limit` matching rows between the cursors of a page, by requested state, in scan order.
    async fn restore_page(
        &self,
        context: &LoaderContext,
        page: &Page,
        limit: usize,
    ) -> Result<Vec<Row>> {
        let is_by_state = self.order == RelationshipSort::RequestedState;
        let candidates = Self {
            stances: None,
            disputed: None,
            changed_since: None,
            order: RelationshipSort::RequestedState,
            direction: if is_by_state {
                self.direction
            } else {
                SortDirection::Ascending
            },
            ..self.clone()
        };
        let page = Page {
            size: u64::MAX,
            ..page.clone()
        };
        let mut rows = candidates.page(context, &page).rows;
        rows.retain(|row| context.includes(row.id));
        if page.backward {
            rows.reverse();
        }
        let (mut matches, mut rest) = (Vec::new(), rows.as_slice());
        let mut size = if limit == usize::MAX {
            CHUNK
        } else {
            FIRST_CHUNK
        };
        while !rest.is_empty() && matches.len() < limit {
            let (chunk, after) = rest.split_at(size.min(rest.len()));
            let restored = self.restore_chunk(context, chunk.to_vec()).await?;
            matches.extend(restored.into_iter().filter(|row| self.matches(row)));
            (rest, size) = (after, (size * 2).min(CHUNK));
            tokio::task::yield_now().await;
        }
        matches.truncate(limit);
        Ok(matches)
    }

    async fn restore_chunk(&self, context: &LoaderContext, rows: Vec<Row>) -> Result<Vec<Row>> {
        let mut rows = context.restore_rows(rows).await?;
        if self.order == RelationshipSort::Changed || self.changed_since.is_some() {
            restore_changes(context, &mut rows).await?;
        }
        Ok(rows)
    }
}

/// Sets the newest change of each relationship, in one SQL statement.
async fn restore_changes(context: &LoaderContext, rows: &mut [Row]) -> Result<()> {
    use stance_change::Column;
    let Some(pin) = context.pin() else {
        return Ok(());
    };
    let ids = ValueSet::of_numbers(rows.iter().map(|row| row.id));
    let newest: Vec<(i64, i64, i64)> = stance_change::Entity::find()
        .select_only()
        .column(Column::RelationshipId)
        .column_as(Column::Seq.max(), "seq")
        .column_as(Column::RecordedAt.max(), "recorded_at")
        .filter(ids.contains(Column::RelationshipId.into_expr()))
        .filter(Column::Seq.lte(pin.seq))
        .group_by(Column::RelationshipId)
        .into_tuple()
        .all(context.db([]))
        .await?;
    let newest: HashMap<i64, (i64, i64)> = newest
        .into_iter()
        .map(|(id, seq, at)| (id, (seq, at)))
        .collect();
    for row in rows {
        if let Some((seq, at)) = newest.get(&row.id) {
            let row = Arc::make_mut(row);
            (row.changed_seq, row.changed_at) = (*seq, *at);
        }
    }
    Ok(())
}
