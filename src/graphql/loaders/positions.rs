//! Lists of relationships by their position at a moment, folded from histories in memory.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::relationship::Model;

use super::LoaderContext;
use super::relationship::RelationshipList;
use crate::cache::tag::CacheTag;
use crate::error::Result;
use crate::graphql::pagination::keyset::SortDirection;
use crate::graphql::pagination::{Page, PageSlice};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::moment::Moment;
use crate::model::position::Position;
use crate::model::position::cutoff::Cutoff;
use crate::model::position::history::History;
use crate::model::stance::Stance;
use crate::read_model::{RelationshipSort, day_text};

/// The relationships of a list with a statement that was valid at a moment, filtered and sorted by the position then.
#[derive(Clone, Debug)]
pub struct PositionList {
    /// Without conditions on the position.
    candidates: RelationshipList,
    stances: Option<Vec<Stance>>,
    disputed: Option<bool>,
    reviewed_before: Option<NaiveDate>,
    order: RelationshipSort,
    moment: Moment,
}

/// A relationship and its position at the moment of the list.
#[derive(Clone, Debug)]
pub struct PositionedRelationship {
    pub row: Arc<Model>,
    pub position: Position,
    /// The day of its newest review at that moment; absent in a list that does not depend on it.
    pub reviewed_on: Option<NaiveDate>,
}

/// Relationships that are folded before other tasks have their turn: about a millisecond.
const CHUNK: u64 = 2_048;
/// The first chunk of a page; the next are twice as large.
const FIRST_CHUNK: u64 = 128;

impl PositionList {
    pub fn new(mut list: RelationshipList, moment: Moment) -> Self {
        let order = list.order;
        if !order.is_fixed() {
            list.order = RelationshipSort::RequestedState;
        }
        Self {
            stances: list.stances.take(),
            disputed: list.disputed.take(),
            reviewed_before: list.reviewed_before.take(),
            candidates: list,
            order,
            moment,
        }
    }

    /// One page. In an order that does not depend on positions, no more relationships are folded than it takes to fill it.
    pub async fn page(
        &self,
        context: &LoaderContext,
        page: &Page,
    ) -> Result<PageSlice<PositionedRelationship>> {
        if self.order.is_fixed() {
            let size = usize::try_from(page.size).unwrap_or(usize::MAX);
            let rows = self
                .fold(context, page.clone(), size.saturating_add(1))
                .await?;
            return Ok(page.trim(rows));
        }
        let mut rows = self.fold(context, Page::whole(), usize::MAX).await?;
        let direction = self.candidates.direction;
        rows.sort_by_cached_key(|row| self.cursor(row));
        if direction == SortDirection::Descending {
            rows.reverse();
        }
        Ok(page.slice_of(rows, direction, |row| self.cursor(row)))
    }

    /// The number of relationships.
    pub async fn count(&self, context: &LoaderContext) -> Result<usize> {
        Ok(self.fold(context, Page::whole(), usize::MAX).await?.len())
    }

    pub fn cursor(&self, row: &PositionedRelationship) -> PageCursor {
        let (reviewed_on, row, position) = (row.reviewed_on, &row.row, &row.position);
        let since_day = || {
            let latest = position.since.and_then(|since| since.edtf().latest());
            latest.map_or_else(String::new, |day| day.to_string())
        };
        let key = match self.order {
            RelationshipSort::RequestedState | RelationshipSort::Changed => {
                return self.order.sort_position(row, None);
            }
            RelationshipSort::Stance => SortKey::Number(position.stance.rank().into()),
            RelationshipSort::Since => SortKey::Text(since_day()),
            RelationshipSort::Reviewed => SortKey::Text(day_text(reviewed_on)),
        };
        PageCursor { key, id: row.id }
    }

    /// The first `limit` matching relationships between the cursors of a page, in scan order.
    async fn fold(
        &self,
        context: &LoaderContext,
        mut page: Page,
        limit: usize,
    ) -> Result<Vec<PositionedRelationship>> {
        let cutoff = Cutoff::from(&self.moment);
        if self.uses_reviews() {
            context.record_tags([CacheTag::Relationships]);
        }
        let mut matches = Vec::new();
        page.size = if limit == usize::MAX {
            CHUNK
        } else {
            FIRST_CHUNK
        };
        loop {
            let chunk = self.candidates.load_page(context, &page).await?;
            let mut rows = chunk.rows;
            if page.backward {
                rows.reverse();
            }
            let Some(last) = rows
                .last()
                .map(|row| self.candidates.order.sort_position(row, None))
            else {
                break;
            };
            context.load_relationship_histories(&rows).await?;
            {
                let reviews = context.reviews_at(&self.moment);
                matches.extend(context.fold_histories(&rows, |row, history| {
                    let position = self.matching_position(history, &cutoff)?;
                    let reviewed_on = self.uses_reviews().then(|| reviews.of_relationship(row));
                    let reviewed_on = reviewed_on.flatten();
                    let is_match = self
                        .reviewed_before
                        .is_none_or(|day| reviewed_on < Some(day));
                    is_match.then(|| PositionedRelationship {
                        row: Arc::clone(row),
                        position,
                        reviewed_on,
                    })
                })?);
            }
            let has_more = if page.backward {
                page.before = Some(last);
                chunk.has_previous
            } else {
                page.after = Some(last);
                chunk.has_next
            };
            if !has_more || matches.len() >= limit {
                break;
            }
            page.size = (page.size * 2).min(CHUNK);
            tokio::task::yield_now().await;
        }
        matches.truncate(limit);
        Ok(matches)
    }

    /// Whether it depends on reviews.
    fn uses_reviews(&self) -> bool {
        self.order == RelationshipSort::Reviewed || self.reviewed_before.is_some()
    }

    fn matching_position(&self, history: &History, cutoff: &Cutoff) -> Option<Position> {
        let position = history.find_position(cutoff)?;
        let stances = self.stances.as_ref();
        let is_match = stances.is_none_or(|all| all.contains(&position.stance))
            && self.disputed.is_none_or(|is| position.disputed == is);
        is_match.then_some(position)
    }
}
