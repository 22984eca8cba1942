//! Pages of lists, forward and backward, by key (Relay Cursor Connections, Pagination algorithm).
//!
//! A page never counts rows to skip: it begins after the row that a cursor names, so that rows which come or go
//! elsewhere in the list neither repeat nor hide anything.

use std::cmp::Ordering;

use async_graphql::{Context, SimpleObject};
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::{Condition, ExprTrait, Order};

use super::loaders::{Loaders, list::Sort, loaders, row::EntrySeq};
use crate::error::{Error, Result};
use crate::ledger::hash;
use crate::model::cursor::{LedgerCursor, PageCursor, SortKey};

/// Items on a page where the client does not say.
const DEFAULT: i32 = 20;
/// Items on a page at most.
const LIMIT: i32 = 100;

/// The arguments of a connection, as the client gave them.
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

/// What part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    pub size: u64,
    /// From the end of the list towards its start.
    pub backward: bool,
    pub after: Option<PageCursor>,
    pub before: Option<PageCursor>,
}

/// The order of a list, or of a walk along it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    Ascending,
    Descending,
}

/// The rows of one page in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    pub rows: Vec<T>,
    pub has_previous: bool,
    pub has_next: bool,
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there is more before this page. When paging forward it says whether `after` was given.
    pub has_previous_page: bool,
    /// Whether there is more after this page. When paging backward it says whether `before` was given.
    pub has_next_page: bool,
    /// The cursor of the first item: give it as `before` to go on backward. Null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last item: give it as `after` to go on forward. Null on an empty page.
    pub end_cursor: Option<String>,
}

impl PageArguments {
    /// For lists whose cursors name rows; `is_text` says what the list is sorted by.
    pub fn page(&self, is_text: bool) -> Result<Page> {
        let place = |field: &str, text: &Option<String>| {
            let parse = |text: &String| {
                PageCursor::parse(text)
                    .filter(|cursor| matches!(cursor.key, SortKey::Text(_)) == is_text)
                    .ok_or_else(|| Error::cursor(field, "is no cursor of this list in this order"))
            };
            text.as_ref().map(parse).transpose()
        };
        self.between(place("after", &self.after)?, place("before", &self.before)?)
    }

    /// For lists in ledger order, whose cursors name places in one history.
    pub async fn ledger_page(&self, ctx: &Context<'_>) -> Result<Page> {
        let after = ledger_place(ctx, "after", self.after.as_deref()).await?;
        let before = ledger_place(ctx, "before", self.before.as_deref()).await?;
        self.between(after, before)
    }

    fn between(&self, after: Option<PageCursor>, before: Option<PageCursor>) -> Result<Page> {
        let (field, asked) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Error::bad_input("first", "cannot go together with last"));
            }
            (None, Some(last)) => ("last", last),
            (first, None) => ("first", first.unwrap_or(DEFAULT)),
        };
        let size = u64::try_from(asked).ok().filter(|_| asked <= LIMIT);
        Ok(Page {
            size: size.ok_or_else(|| {
                Error::bad_input(field, format!("{asked} is not between 0 and {LIMIT}"))
            })?,
            backward: self.last.is_some(),
            after,
            before,
        })
    }
}

/// Checks that the history of the cursor is ours, and gives its place in lists in ledger order.
async fn ledger_place(
    ctx: &Context<'_>,
    field: &str,
    text: Option<&str>,
) -> Result<Option<PageCursor>> {
    let Some(text) = text else { return Ok(None) };
    let cursor = LedgerCursor::parse(text)
        .ok_or_else(|| Error::cursor(field, "is no cursor of this ledger"))?;
    let seq = cursor.seq;
    let loaders = loaders(ctx);
    let generation = loaders.loader().generation().await?;
    let hash = match find_hash(loaders, seq, generation).await? {
        Some(hash) if cursor == LedgerCursor::new(generation, seq, &hash) => Ok(hash),
        Some(_) | None => Err(Error::cursor(field, "names a place in another history")),
    };
    hash.map(|_| {
        let key = SortKey::Number(seq);
        Some(PageCursor { key, id: seq })
    })
}

async fn find_hash(loaders: &Loaders, seq: i64, generation: &str) -> Result<Option<String>> {
    if seq == 0 {
        return Ok(Some(hash::genesis(generation)));
    }
    let entry = loaders.load_one(EntrySeq(seq)).await?;
    Ok(entry.map(|entry| entry.hash))
}

/// What a connection costs: its items at most, each with what is asked of it.
pub fn cost(first: Option<i32>, last: Option<i32>, each: usize) -> usize {
    let asked = first.or(last).unwrap_or(DEFAULT).clamp(1, LIMIT);
    times(usize::try_from(asked).unwrap_or(1), each)
}

/// What any query costs at most: far above every limit, and so low that the fields of a request add up without overflow.
const CEILING: usize = 1 << 40;

/// What a list of so many items costs, each with what is asked of it.
pub fn times(items: usize, each: usize) -> usize {
    items.saturating_mul(each.saturating_add(1)).min(CEILING)
}

impl Way {
    pub fn order(self) -> Order {
        match self {
            Self::Ascending => Order::Asc,
            Self::Descending => Order::Desc,
        }
    }

    pub fn compare<T: Ord>(self, one: T, other: T) -> Ordering {
        match self {
            Self::Ascending => one.cmp(&other),
            Self::Descending => other.cmp(&one),
        }
    }

    fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Page {
    /// The way in which rows are read: pages from the end are read from the end.
    pub fn walk(&self, way: Way) -> Way {
        if self.backward { way.reversed() } else { way }
    }

    /// What rows between the two cursors fulfil.
    pub fn condition(&self, sort: &Sort) -> Condition {
        let beyond = |cursor: &PageCursor, way| beyond(sort, cursor, way);
        let after = self.after.as_ref().map(|cursor| beyond(cursor, sort.way));
        let before = self.before.as_ref();
        let before = before.map(|cursor| beyond(cursor, sort.way.reversed()));
        Condition::all().add_option(after).add_option(before)
    }

    /// The page, from rows in the order of the walk of which there is one too many where there is more.
    pub fn cut<T>(&self, mut rows: Vec<T>) -> Slice<T> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let has_more = rows.len() > size;
        rows.truncate(size);
        let (has_previous, has_next) = if self.backward {
            rows.reverse();
            (has_more, self.before.is_some())
        } else {
            (self.after.is_some(), has_more)
        };
        Slice {
            rows,
            has_previous,
            has_next,
        }
    }

    /// The page of a list that is in memory, in its order.
    pub fn pick<T>(&self, list: Vec<T>, way: Way, place: impl Fn(&T) -> PageCursor) -> Slice<T> {
        let is_beyond = |row: &T, cursor: &PageCursor, way: Way| {
            let row = place(row);
            way.compare((&row.key, row.id), (&cursor.key, cursor.id))
                .is_gt()
        };
        let after = self.after.as_ref();
        let before = self.before.as_ref();
        let between = list.into_iter().filter(|row| {
            after.is_none_or(|cursor| is_beyond(row, cursor, way))
                && before.is_none_or(|cursor| is_beyond(row, cursor, way.reversed()))
        });
        let mut rows: Vec<T> = between.collect();
        if self.backward {
            rows.reverse();
        }
        self.cut(rows)
    }
}

fn beyond(sort: &Sort, cursor: &PageCursor, way: Way) -> Condition {
    let key = match &cursor.key {
        SortKey::Number(number) => Expr::val(*number),
        SortKey::Text(text) => Expr::val(text.as_str()),
    };
    let further = |column: &Expr, value: Expr| match way {
        Way::Ascending => column.clone().gt(value),
        Way::Descending => column.clone().lt(value),
    };
    let equal = Condition::all()
        .add(sort.key.clone().eq(key.clone()))
        .add(further(&sort.id, Expr::val(cursor.id)));
    Condition::any().add(further(&sort.key, key)).add(equal)
}

impl<T> Slice<T> {
    pub fn map<U>(self, wrap: impl Fn(T) -> U) -> Slice<U> {
        Slice {
            rows: self.rows.into_iter().map(wrap).collect(),
            has_previous: self.has_previous,
            has_next: self.has_next,
        }
    }

    pub fn try_map<U>(self, wrap: impl Fn(T) -> Result<U>) -> Result<Slice<U>> {
        Ok(Slice {
            rows: self.rows.into_iter().map(wrap).collect::<Result<_>>()?,
            has_previous: self.has_previous,
            has_next: self.has_next,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(first: Option<i32>, last: Option<i32>) -> PageArguments {
        PageArguments {
            first,
            after: None,
            last,
            before: None,
        }
    }

    fn place(id: i64) -> PageCursor {
        PageCursor {
            key: SortKey::Number(id / 10),
            id,
        }
    }

    #[track_caller]
    fn check(page: &Page, way: Way, rows: &[i64], has_previous: bool, has_next: bool) {
        let mut list = vec![3, 11, 12, 15, 27, 40];
        if way == Way::Descending {
            list.reverse();
        }
        let slice = page.pick(list, way, |id| place(*id));
        let expected = Slice {
            rows: rows.to_vec(),
            has_previous,
            has_next,
        };
        assert_eq!(slice, expected);
    }

    #[test]
    fn pages_go_on_where_the_cursor_stands_in_both_directions() {
        let mut page = arguments(Some(2), None).page(false).unwrap();
        check(&page, Way::Ascending, &[3, 11], false, true);
        page.after = Some(place(12));
        check(&page, Way::Ascending, &[15, 27], true, true);
        check(&page, Way::Descending, &[11, 3], true, false);
        let mut page = arguments(None, Some(2)).page(false).unwrap();
        check(&page, Way::Ascending, &[27, 40], true, false);
        page.before = Some(place(12));
        check(&page, Way::Ascending, &[3, 11], false, true);
        check(&page, Way::Descending, &[27, 15], true, true);
    }

    #[test]
    fn a_cursor_whose_row_is_gone_keeps_its_place() {
        let mut page = arguments(Some(1), None).page(false).unwrap();
        page.after = Some(place(13));
        check(&page, Way::Ascending, &[15], true, true);
    }

    #[test]
    fn a_page_of_nothing_still_says_whether_there_is_more() {
        let page = arguments(Some(0), None).page(false).unwrap();
        check(&page, Way::Ascending, &[], false, true);
    }

    #[test]
    fn lists_of_lists_never_become_cheap_again() {
        let nested = (0..20).fold(0, |each, _| cost(Some(100), None, each));
        assert_eq!(nested, CEILING);
        assert_eq!(cost(Some(0), None, 1), 2);
    }

    #[test]
    fn sizes_out_of_range_and_foreign_cursors_name_their_argument() {
        let field = |arguments: PageArguments| {
            let error = arguments.page(true).unwrap_err();
            (error.code(), error.field().unwrap().to_owned())
        };
        let bad = |field: &str| ("BAD_USER_INPUT", field.to_owned());
        assert_eq!(field(arguments(Some(101), None)), bad("first"));
        assert_eq!(field(arguments(None, Some(-1))), bad("last"));
        assert_eq!(field(arguments(Some(1), Some(1))), bad("first"));
        let mut numeric = arguments(None, None);
        numeric.before = Some(place(12).to_string());
        assert_eq!(field(numeric), ("CURSOR_INVALID", "before".to_owned()));
    }
}
