//! Lists of relationships as they were at a pin: filtered and sorted by the rows of then.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{relationship, stance_change};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::LoaderContext;
use super::relationship::RelationshipList;
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::graphql::pagination::keyset::SortDirection;
use crate::graphql::pagination::{Page, PageSlice};
use crate::model::moment::Moment;
use crate::read_model::RelationshipSort;

type Row = Arc<relationship::Model>;

/// Relationships that are folded before other tasks have their turn: about a millisecond.
const CHUNK: usize = 2_048;
/// The first chunk of a page; the next are twice as large.
const FIRST_CHUNK: usize = 128;

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
        let reviews = context.reviews_at(&Moment::default());
        rows.sort_by_cached_key(|row| self.order.pack(&self.sort_position(row, &reviews)));
        if self.direction == SortDirection::Descending {
            rows.reverse();
        }
        Ok(page.slice_of(rows, self.direction, |row| {
            self.sort_position(row, &reviews)
        }))
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
            reviewed_before: None,
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
            {
                let reviews = context.reviews_at(&Moment::default());
                let restored = restored.into_iter();
                matches.extend(restored.filter(|row| self.matches(row, &reviews)));
            }
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
