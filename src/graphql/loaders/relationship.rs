//! List of relationships, from the read model; as of a pin in `pinned`.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::relationship::Model;
use itertools::Itertools;

use super::LoaderContext;
use super::reviews::ReviewsAt;
use super::work_budget::COMPARED_ROWS;
use crate::cache::tag::CacheTag;
use crate::graphql::pagination::keyset::SortDirection;
use crate::graphql::pagination::{Page, PageSlice};
use crate::model::cursor::PageCursor;
use crate::model::moment::Moment;
use crate::model::stance::Stance;
use crate::model::time::Timestamp;
use crate::read_model::{IndexKey, Indexes, RelationshipSort, SortPosition, SortedRows};

/// Relationships that match every given condition, by their current position.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelationshipList {
    pub parent: RelationshipParent,
    pub initiative: Option<i64>,
    /// Alpha-2 codes.
    pub requested: Option<Vec<String>>,
    /// Alpha-2 codes.
    pub requesting: Option<Vec<String>>,
    pub stances: Option<Vec<Stance>>,
    pub disputed: Option<bool>,
    pub changed_since: Option<Timestamp>,
    /// Last reviewed before this day, or never.
    pub reviewed_before: Option<NaiveDate>,
    pub order: RelationshipSort,
    pub direction: SortDirection,
}

/// The parent whose relationships are listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RelationshipParent {
    Root,
    Initiative(i64),
    /// By alpha-2 code, like the next two.
    RequestedState(String),
    RequestingState(String),
    EitherState(String),
}

type Row = Arc<Model>;

/// The rows to scan: those of some index keys, which are few, or all rows in an order that has its own index.
enum ScanPlan<'r> {
    /// Each part is in the order of the list.
    Sorted(Vec<&'r SortedRows>),
    Unsorted(Vec<&'r SortedRows>),
}

/// The rows of an index key are sorted if they are at most one in this many relationships; else all are scanned in
/// order.
const SMALL_SHARE: usize = 8;

impl RelationshipList {
    /// All relationships of a parent, by requested state.
    pub fn all(parent: RelationshipParent) -> Self {
        Self {
            parent,
            initiative: None,
            requested: None,
            requesting: None,
            stances: None,
            disputed: None,
            changed_since: None,
            reviewed_before: None,
            order: RelationshipSort::RequestedState,
            direction: SortDirection::Ascending,
        }
    }

    /// One page of the newest rows.
    pub(super) fn page(&self, context: &LoaderContext, page: &Page) -> PageSlice<Row> {
        context.record_tags(self.tags());
        let rows = context.read_model().read();
        let reviews = context.reviews_at(&Moment::default());
        match self.scan_plan(&rows) {
            ScanPlan::Sorted(parts) if self.is_whole(&parts, page) => {
                page.trim(parts[0].values().cloned().collect())
            }
            ScanPlan::Sorted(parts) => {
                let mut compared = 0;
                let scan = self.scan(parts, page).inspect(|_| compared += 1);
                let matches = scan.filter(|row| self.matches(row, &reviews));
                let size = usize::try_from(page.size).unwrap_or(usize::MAX);
                let found = matches.take(size.saturating_add(1)).cloned().collect();
                context.work().add(compared / COMPARED_ROWS);
                page.trim(found)
            }
            ScanPlan::Unsorted(parts) => {
                context.work().add(count_rows(&parts) / COMPARED_ROWS);
                page.slice_of(self.sort_rows(parts, &reviews), self.direction, |row| {
                    self.sort_position(row, &reviews)
                })
            }
        }
    }

    /// Whether a page is all rows of one index key, in its order.
    fn is_whole(&self, parts: &[&SortedRows], page: &Page) -> bool {
        let is_all_of_parent = *self == Self::all(self.parent.clone());
        parts.len() == 1 && is_all_of_parent && *page == Page::whole()
    }

    /// The number of the newest rows.
    pub(super) fn count(&self, context: &LoaderContext) -> usize {
        context.record_tags(self.tags());
        let rows = context.read_model().read();
        let (ScanPlan::Sorted(parts) | ScanPlan::Unsorted(parts)) = self.scan_plan(&rows);
        context.work().add(count_rows(&parts) / COMPARED_ROWS);
        let reviews = context.reviews_at(&Moment::default());
        let all = parts.iter().flat_map(|part| part.values());
        all.filter(|row| self.matches(row, &reviews)).count()
    }

    pub fn sort_position(&self, row: &Model, reviews: &ReviewsAt<'_>) -> PageCursor {
        let is_by_review = self.order == RelationshipSort::Reviewed;
        let reviewed_on = is_by_review.then(|| reviews.of_relationship(row));
        self.order.sort_position(row, reviewed_on.flatten())
    }

    /// Whether it depends on reviews.
    pub(super) fn uses_reviews(&self) -> bool {
        self.order == RelationshipSort::Reviewed || self.reviewed_before.is_some()
    }

    fn scan_plan<'r>(&self, rows: &'r Indexes) -> ScanPlan<'r> {
        let stances = self.stances.as_deref();
        let ordered = || {
            if self.order == RelationshipSort::Reviewed {
                ScanPlan::Unsorted(rows.ordered(RelationshipSort::RequestedState, stances))
            } else {
                ScanPlan::Sorted(rows.ordered(self.order, stances))
            }
        };
        let Some(keys) = self.index_keys() else {
            return ordered();
        };
        let parts: Vec<_> = keys.iter().filter_map(|key| rows.by_key(key)).collect();
        let size: usize = parts.iter().map(|part| part.len()).sum();
        if self.order == RelationshipSort::RequestedState {
            ScanPlan::Sorted(parts)
        } else if size > rows.count_relationships() / SMALL_SHARE && size > usize::from(u8::MAX) {
            ordered()
        } else {
            ScanPlan::Unsorted(parts)
        }
    }

    /// Index keys that together select each candidate exactly once; none if all rows are candidates.
    fn index_keys(&self) -> Option<Vec<IndexKey>> {
        match (&self.parent, &self.initiative, &self.requested) {
            (RelationshipParent::Initiative(id), ..) | (RelationshipParent::Root, Some(id), _) => {
                Some(vec![IndexKey::Initiative(*id)])
            }
            (RelationshipParent::RequestedState(code), ..) => {
                Some(vec![IndexKey::Requested(code.clone())])
            }
            (RelationshipParent::RequestingState(code), ..) => {
                Some(vec![IndexKey::Requesting(code.clone())])
            }
            // No relationship is of a state with itself.
            (RelationshipParent::EitherState(code), ..) => Some(vec![
                IndexKey::Requested(code.clone()),
                IndexKey::Requesting(code.clone()),
            ]),
            (RelationshipParent::Root, None, Some(codes)) => Some(
                codes
                    .iter()
                    .unique()
                    .cloned()
                    .map(IndexKey::Requested)
                    .collect(),
            ),
            (RelationshipParent::Root, None, None) => None,
        }
    }

    /// The candidates between the cursors of a page, in scan order.
    fn scan<'r>(
        &self,
        parts: Vec<&'r SortedRows>,
        page: &Page,
    ) -> impl Iterator<Item = &'r Row> + use<'_, 'r> {
        let direction = page.scan_direction(self.direction);
        let (from, to) = page.bounds(self.direction);
        let pack = |cursor: &PageCursor| self.order.pack(cursor);
        let (from, to) = (from.map(pack), to.map(pack));
        let ranges = parts.into_iter().filter_map(move |part| {
            let is_empty = from.zip(to).is_some_and(|(from, to)| from >= to);
            (!is_empty).then(|| range(part, from, to, direction))
        });
        let merged =
            ranges.kmerge_by(move |left, right| direction.compare(left.0, right.0).is_lt());
        merged.map(|(_, row)| row)
    }

    fn sort_rows(&self, parts: Vec<&SortedRows>, reviews: &ReviewsAt<'_>) -> Vec<Row> {
        let all = parts.into_iter().flat_map(|part| part.values());
        let mut rows: Vec<_> = all
            .filter(|row| self.matches(row, reviews))
            .cloned()
            .collect();
        rows.sort_by_cached_key(|row| self.order.pack(&self.sort_position(row, reviews)));
        if self.direction == SortDirection::Descending {
            rows.reverse();
        }
        rows
    }

    pub(super) fn matches(&self, row: &Model, reviews: &ReviewsAt<'_>) -> bool {
        let is_in = |codes: &Option<Vec<String>>, code| {
            codes.as_ref().is_none_or(|codes| codes.contains(code))
        };
        let has_stance = |all: &Vec<Stance>| all.iter().any(|one| one.as_ref() == row.stance);
        self.belongs_to_parent(row)
            && self.initiative.is_none_or(|id| row.initiative_id == id)
            && is_in(&self.requested, &row.requested_state)
            && is_in(&self.requesting, &row.requesting_state)
            && self.stances.as_ref().is_none_or(has_stance)
            && self.disputed.is_none_or(|is| row.disputed == is)
            && self.changed_since.is_none_or(|at| row.changed_at >= at.0)
            && self
                .reviewed_before
                .is_none_or(|day| reviews.of_relationship(row) < Some(day))
    }

    fn belongs_to_parent(&self, row: &Model) -> bool {
        match &self.parent {
            RelationshipParent::Root => true,
            RelationshipParent::Initiative(id) => row.initiative_id == *id,
            RelationshipParent::RequestedState(code) => row.requested_state == *code,
            RelationshipParent::RequestingState(code) => row.requesting_state == *code,
            RelationshipParent::EitherState(code) => {
                row.requested_state == *code || row.requesting_state == *code
            }
        }
    }

    /// An entry that adds, moves or removes a row invalidates one of these.
    fn tags(&self) -> Vec<CacheTag> {
        let mut tags = self.parent_tags();
        if self.uses_reviews() {
            // A review of an initiative is one of relationships of all states.
            tags.push(CacheTag::Relationships);
        }
        tags
    }

    fn parent_tags(&self) -> Vec<CacheTag> {
        match &self.parent {
            RelationshipParent::Initiative(id) => vec![CacheTag::Initiative(*id)],
            RelationshipParent::RequestedState(code)
            | RelationshipParent::RequestingState(code)
            | RelationshipParent::EitherState(code) => vec![CacheTag::country(code)],
            RelationshipParent::Root => {
                match (self.initiative, &self.requested, &self.requesting) {
                    (Some(id), ..) => vec![CacheTag::Initiative(id)],
                    (None, Some(codes), _) | (None, None, Some(codes)) => {
                        codes.iter().map(|code| CacheTag::country(code)).collect()
                    }
                    (None, None, None) => vec![CacheTag::Relationships],
                }
            }
        }
    }
}

fn count_rows(parts: &[&SortedRows]) -> u64 {
    parts.iter().map(|part| part.len() as u64).sum()
}

type Entry<'r> = (&'r SortPosition, &'r Row);

/// The rows between two sort positions, both excluded.
fn range<'r>(
    part: &'r SortedRows,
    from: Option<SortPosition>,
    to: Option<SortPosition>,
    direction: SortDirection,
) -> Box<dyn Iterator<Item = Entry<'r>> + 'r> {
    use std::ops::Bound::{Excluded, Unbounded};
    let bound = |position: Option<SortPosition>| position.map_or(Unbounded, Excluded);
    let range = part.range((bound(from), bound(to)));
    match direction {
        SortDirection::Ascending => Box::new(range),
        SortDirection::Descending => Box::new(range.rev()),
    }
}
