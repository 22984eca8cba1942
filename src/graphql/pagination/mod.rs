//! Pages of lists, forward and backward, by key (Relay Cursor Connections, Pagination algorithm).
//!
//! A page never counts rows to skip: it begins after the row that a cursor names, so that rows which come or go
//! elsewhere in the list neither repeat nor hide anything.

pub mod keyset;

use async_graphql::SimpleObject;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::{Condition, ExprTrait};

use crate::error::Result;
use crate::model::cursor::{PageCursor, SortKey};
use keyset::{Sort, Way};

/// What part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    pub size: u64,
    /// From the end of the list towards its start.
    pub backward: bool,
    pub after: Option<PageCursor>,
    pub before: Option<PageCursor>,
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

impl Page {
    /// The way in which rows are read: pages from the end are read from the end.
    pub fn walk(&self, way: Way) -> Way {
        if self.backward { way.reversed() } else { way }
    }

    /// The two cursors, the lesser end of an ascending list first.
    pub fn between(&self, way: Way) -> (Option<&PageCursor>, Option<&PageCursor>) {
        match way {
            Way::Ascending => (self.after.as_ref(), self.before.as_ref()),
            Way::Descending => (self.before.as_ref(), self.after.as_ref()),
        }
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

    fn items(size: u64, backward: bool) -> Page {
        Page {
            size,
            backward,
            after: None,
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
        let mut page = items(2, false);
        check(&page, Way::Ascending, &[3, 11], false, true);
        page.after = Some(place(12));
        check(&page, Way::Ascending, &[15, 27], true, true);
        check(&page, Way::Descending, &[11, 3], true, false);
        let mut page = items(2, true);
        check(&page, Way::Ascending, &[27, 40], true, false);
        page.before = Some(place(12));
        check(&page, Way::Ascending, &[3, 11], false, true);
        check(&page, Way::Descending, &[27, 15], true, true);
    }

    #[test]
    fn a_cursor_whose_row_is_gone_keeps_its_place() {
        let mut page = items(1, false);
        page.after = Some(place(13));
        check(&page, Way::Ascending, &[15], true, true);
    }

    #[test]
    fn a_page_of_nothing_still_says_whether_there_is_more() {
        let page = items(0, false);
        check(&page, Way::Ascending, &[], false, true);
    }
}
