//! Lists of relationships, from the board.

use std::sync::Arc;

use entity::relationship::Model;
use itertools::Itertools;

use super::Reader;
use crate::cache::tag::Tag;
use crate::graphql::pagination::keyset::Way;
use crate::graphql::pagination::{Page, Slice};
use crate::model::cursor::PageCursor;
use crate::model::stance::Stance;
use crate::model::time::Instant;
use crate::read_model::{End, Order, Ordered, Rows};

/// Relationships that pass every restriction given, by their position of now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relationships {
    pub below: Below,
    pub initiative: Option<i64>,
    /// Alpha-2 codes.
    pub requested: Option<Vec<String>>,
    /// Alpha-2 codes.
    pub requesting: Option<Vec<String>>,
    pub stances: Option<Vec<Stance>>,
    pub disputed: Option<bool>,
    pub changed_since: Option<Instant>,
    pub order: Order,
    pub way: Way,
}

/// Whose relationships they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Below {
    Root,
    Initiative(i64),
    /// By alpha-2 code, as the two below.
    RequestedState(String),
    RequestingState(String),
    EitherState(String),
}

type Row = Arc<Model>;

/// Where to look: the rows of some ends are few, and those of an order are where they belong.
enum Source<'r> {
    /// In the order of the list already, each part by itself.
    Sorted(Vec<&'r Ordered>),
    Unsorted(Vec<&'r Ordered>),
}

/// An end is looked through and sorted if it holds at most one of so many relationships; else all are walked in order.
const FEW: usize = 8;

impl Relationships {
    /// All relationships below something, by requested state.
    pub fn all(below: Below) -> Self {
        Self {
            below,
            initiative: None,
            requested: None,
            requesting: None,
            stances: None,
            disputed: None,
            changed_since: None,
            order: Order::RequestedState,
            way: Way::Ascending,
        }
    }

    /// One page.
    pub fn page(&self, reader: &Reader, page: &Page) -> Slice<Row> {
        reader.note(self.tags());
        let rows = reader.board().read();
        match self.source(&rows) {
            Source::Sorted(parts) => {
                let walk = self.walk(parts, page);
                let size = usize::try_from(page.size).unwrap_or(usize::MAX);
                page.cut(walk.take(size.saturating_add(1)).cloned().collect())
            }
            Source::Unsorted(parts) => page.pick(self.sort(parts), self.way, |row| self.place(row)),
        }
    }

    /// All of them, in the order of the list.
    pub fn whole(&self, reader: &Reader) -> Vec<Row> {
        let page = Page {
            size: u64::MAX,
            backward: false,
            after: None,
            before: None,
        };
        self.page(reader, &page).rows
    }

    /// How many they are.
    pub fn count(&self, reader: &Reader) -> usize {
        reader.note(self.tags());
        let rows = reader.board().read();
        let (Source::Sorted(parts) | Source::Unsorted(parts)) = self.source(&rows);
        let all = parts.iter().flat_map(|part| part.values());
        all.filter(|row| self.passes(row)).count()
    }

    pub fn place(&self, row: &Model) -> PageCursor {
        self.order.place(row)
    }

    fn source<'r>(&self, rows: &'r Rows) -> Source<'r> {
        let ordered = || Source::Sorted(rows.ordered(self.order, self.stances.as_deref()));
        let Some(ends) = self.ends() else {
            return ordered();
        };
        let parts: Vec<_> = ends.iter().filter_map(|end| rows.below(end)).collect();
        let size: usize = parts.iter().map(|part| part.len()).sum();
        if self.order == Order::RequestedState {
            Source::Sorted(parts)
        } else if size > rows.count_relationships() / FEW && size > usize::from(u8::MAX) {
            ordered()
        } else {
            Source::Unsorted(parts)
        }
    }

    /// Ends of which each relationship has exactly one; none if only the whole will do.
    fn ends(&self) -> Option<Vec<End>> {
        match (&self.below, &self.initiative, &self.requested) {
            (Below::Initiative(id), ..) | (Below::Root, Some(id), _) => {
                Some(vec![End::Initiative(*id)])
            }
            (Below::RequestedState(code), ..) => Some(vec![End::Requested(code.clone())]),
            (Below::RequestingState(code), ..) => Some(vec![End::Requesting(code.clone())]),
            // No relationship is of a state with itself.
            (Below::EitherState(code), ..) => Some(vec![
                End::Requested(code.clone()),
                End::Requesting(code.clone()),
            ]),
            (Below::Root, None, Some(codes)) => {
                Some(codes.iter().unique().cloned().map(End::Requested).collect())
            }
            (Below::Root, None, None) => None,
        }
    }

    /// The rows between the cursors of a page, in the way that the page is read.
    fn walk<'r>(
        &self,
        parts: Vec<&'r Ordered>,
        page: &Page,
    ) -> impl Iterator<Item = &'r Row> + use<'_, 'r> {
        let way = page.walk(self.way);
        let (from, to) = page.between(self.way);
        let ranges = parts.into_iter().filter_map(move |part| {
            let is_empty = from.zip(to).is_some_and(|(from, to)| from >= to);
            (!is_empty).then(|| directed(part, from, to, way))
        });
        let merged = ranges.kmerge_by(move |one, other| way.compare(one.0, other.0).is_lt());
        merged.map(|(_, row)| row).filter(|row| self.passes(row))
    }

    fn sort(&self, parts: Vec<&Ordered>) -> Vec<Row> {
        let all = parts.into_iter().flat_map(|part| part.values());
        let mut rows: Vec<_> = all.filter(|row| self.passes(row)).cloned().collect();
        rows.sort_by_cached_key(|row| self.place(row));
        if self.way == Way::Descending {
            rows.reverse();
        }
        rows
    }

    fn passes(&self, row: &Model) -> bool {
        let is_in = |codes: &Option<Vec<String>>, code| {
            codes.as_ref().is_none_or(|codes| codes.contains(code))
        };
        let any = |all: &Vec<Stance>| all.iter().any(|one| one.as_ref() == row.stance);
        self.is_below(row)
            && self.initiative.is_none_or(|id| row.initiative_id == id)
            && is_in(&self.requested, &row.requested_state)
            && is_in(&self.requesting, &row.requesting_state)
            && self.stances.as_ref().is_none_or(any)
            && self.disputed.is_none_or(|is| row.disputed == is)
            && self.changed_since.is_none_or(|at| row.changed_at >= at.0)
    }

    fn is_below(&self, row: &Model) -> bool {
        match &self.below {
            Below::Root => true,
            Below::Initiative(id) => row.initiative_id == *id,
            Below::RequestedState(code) => row.requested_state == *code,
            Below::RequestingState(code) => row.requesting_state == *code,
            Below::EitherState(code) => {
                row.requested_state == *code || row.requesting_state == *code
            }
        }
    }

    /// What may add, move or take away a row touches one of these.
    fn tags(&self) -> Vec<Tag> {
        match &self.below {
            Below::Initiative(id) => vec![Tag::Initiative(*id)],
            Below::RequestedState(code)
            | Below::RequestingState(code)
            | Below::EitherState(code) => vec![Tag::country(code)],
            Below::Root => match (self.initiative, &self.requested, &self.requesting) {
                (Some(id), ..) => vec![Tag::Initiative(id)],
                (None, Some(codes), _) | (None, None, Some(codes)) => {
                    codes.iter().map(|code| Tag::country(code)).collect()
                }
                (None, None, None) => vec![Tag::Relationships],
            },
        }
    }
}

type Entry<'r> = (&'r PageCursor, &'r Row);

/// What lies between two places, both left out.
fn directed<'r>(
    part: &'r Ordered,
    from: Option<&PageCursor>,
    to: Option<&PageCursor>,
    way: Way,
) -> Box<dyn Iterator<Item = Entry<'r>> + 'r> {
    use std::ops::Bound::{Excluded, Unbounded};
    let bound = |place: Option<&PageCursor>| place.cloned().map_or(Unbounded, Excluded);
    let range = part.range((bound(from), bound(to)));
    match way {
        Way::Ascending => Box::new(range),
        Way::Descending => Box::new(range.rev()),
    }
}
