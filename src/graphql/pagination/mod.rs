//! Keyset pagination, forward and backward (Relay Cursor Connections, Pagination algorithm).
//!
//! A page has no offset: it starts after the sort position in its cursor, so rows that are added or removed elsewhere
//! in the list cause neither repeated nor skipped rows.

pub mod keyset;

use async_graphql::SimpleObject;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::{Condition, ExprTrait};

use crate::error::Result;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::model::cursor::{PageCursor, SortKey};
use keyset::{KeysetOrder, SortDirection};

/// The requested part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    pub size: u64,
    /// Whether it is read from the end of the list towards its start (`last`).
    pub backward: bool,
    pub after: Option<PageCursor>,
    pub before: Option<PageCursor>,
}

/// The rows of one page in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSlice<T> {
    pub rows: Vec<T>,
    pub has_previous: bool,
    pub has_next: bool,
}

/// Information about a page (Relay Cursor Connections).
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there are items before this page. When paging forward, whether `after` was set.
    pub has_previous_page: bool,
    /// Whether there are items after this page. When paging backward, whether `before` was set.
    pub has_next_page: bool,
    /// Cursor of the first item; use it as `before` for the previous page. Null if the page is empty.
    pub start_cursor: Option<String>,
    /// Cursor of the last item; use it as `after` for the next page. Null if the page is empty.
    pub end_cursor: Option<String>,
}

ready_fields!(PageInfo {
    "hasPreviousPage" => has_previous_page,
    "hasNextPage" => has_next_page,
    "startCursor" => start_cursor,
    "endCursor" => end_cursor,
});

impl Page {
    /// The page with all items of a list.
    pub fn whole() -> Self {
        Self {
            size: u64::MAX,
            backward: false,
            after: None,
            before: None,
        }
    }

    /// The direction in which rows are read: that of the list, reversed for a backward page.
    pub fn scan_direction(&self, direction: SortDirection) -> SortDirection {
        if self.backward {
            direction.reversed()
        } else {
            direction
        }
    }

    /// The two cursors in ascending order: the lower bound first.
    pub fn bounds(&self, direction: SortDirection) -> (Option<&PageCursor>, Option<&PageCursor>) {
        match direction {
            SortDirection::Ascending => (self.after.as_ref(), self.before.as_ref()),
            SortDirection::Descending => (self.before.as_ref(), self.after.as_ref()),
        }
    }

    /// SQL condition for the rows between the two cursors.
    pub fn condition(&self, sort: &KeysetOrder) -> Condition {
        let beyond = |cursor: &PageCursor, direction| keyset_condition(sort, cursor, direction);
        let after = self
            .after
            .as_ref()
            .map(|cursor| beyond(cursor, sort.direction));
        let before = self.before.as_ref();
        let before = before.map(|cursor| beyond(cursor, sort.direction.reversed()));
        Condition::all().add_option(after).add_option(before)
    }

    /// The page from rows in scan order. One row more than `size` shows that the list goes on.
    pub fn trim<T>(&self, mut rows: Vec<T>) -> PageSlice<T> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let has_more = rows.len() > size;
        rows.truncate(size);
        let (has_previous, has_next) = if self.backward {
            rows.reverse();
            (has_more, self.before.is_some())
        } else {
            (self.after.is_some(), has_more)
        };
        PageSlice {
            rows,
            has_previous,
            has_next,
        }
    }

    /// The page of a list in memory, which is sorted already.
    pub fn slice_of<T>(
        &self,
        list: Vec<T>,
        direction: SortDirection,
        cursor_of: impl Fn(&T) -> PageCursor,
    ) -> PageSlice<T> {
        let is_beyond = |row: &T, cursor: &PageCursor, direction: SortDirection| {
            let row = cursor_of(row);
            direction
                .compare((&row.key, row.id), (&cursor.key, cursor.id))
                .is_gt()
        };
        let after = self.after.as_ref();
        let before = self.before.as_ref();
        let between = list.into_iter().filter(|row| {
            after.is_none_or(|cursor| is_beyond(row, cursor, direction))
                && before.is_none_or(|cursor| is_beyond(row, cursor, direction.reversed()))
        });
        let mut rows: Vec<T> = between.collect();
        if self.backward {
            rows.reverse();
        }
        self.trim(rows)
    }
}

fn keyset_condition(
    sort: &KeysetOrder,
    cursor: &PageCursor,
    direction: SortDirection,
) -> Condition {
    let key = match &cursor.key {
        SortKey::Number(number) => Expr::val(*number),
        SortKey::Text(text) => Expr::val(text.as_str()),
    };
    let beyond = |column: &Expr, value: Expr| match direction {
        SortDirection::Ascending => column.clone().gt(value),
        SortDirection::Descending => column.clone().lt(value),
    };
    let equal = Condition::all()
        .add(sort.key.clone().eq(key.clone()))
        .add(beyond(&sort.id, Expr::val(cursor.id)));
    Condition::any().add(beyond(&sort.key, key)).add(equal)
}

impl<T> PageSlice<T> {
    pub fn map<U>(self, wrap: impl Fn(T) -> U) -> PageSlice<U> {
        PageSlice {
            rows: self.rows.into_iter().map(wrap).collect(),
            has_previous: self.has_previous,
            has_next: self.has_next,
        }
    }

    pub fn try_map<U>(self, wrap: impl FnMut(T) -> Result<U>) -> Result<PageSlice<U>> {
        Ok(PageSlice {
            rows: self.rows.into_iter().map(wrap).collect::<Result<_>>()?,
            has_previous: self.has_previous,
            has_next: self.has_next,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of_size(size: u64, backward: bool) -> Page {
        Page {
            size,
            backward,
            after: None,
            before: None,
        }
    }

    fn cursor(id: i64) -> PageCursor {
        PageCursor {
            key: SortKey::Number(id / 10),
            id,
        }
    }

    #[track_caller]
    fn check(
        page: &Page,
        direction: SortDirection,
        rows: &[i64],
        has_previous: bool,
        has_next: bool,
    ) {
        let mut list = vec![3, 11, 12, 15, 27, 40];
        if direction == SortDirection::Descending {
            list.reverse();
        }
        let slice = page.slice_of(list, direction, |id| cursor(*id));
        let expected = PageSlice {
            rows: rows.to_vec(),
            has_previous,
            has_next,
        };
        assert_eq!(slice, expected);
    }

    #[test]
    fn a_page_continues_at_its_cursor_in_both_directions() {
        let mut page = page_of_size(2, false);
        check(&page, SortDirection::Ascending, &[3, 11], false, true);
        page.after = Some(cursor(12));
        check(&page, SortDirection::Ascending, &[15, 27], true, true);
        check(&page, SortDirection::Descending, &[11, 3], true, false);
        let mut page = page_of_size(2, true);
        check(&page, SortDirection::Ascending, &[27, 40], true, false);
        page.before = Some(cursor(12));
        check(&page, SortDirection::Ascending, &[3, 11], false, true);
        check(&page, SortDirection::Descending, &[27, 15], true, true);
    }

    #[test]
    fn a_cursor_whose_row_was_removed_stays_valid() {
        let mut page = page_of_size(1, false);
        page.after = Some(cursor(13));
        check(&page, SortDirection::Ascending, &[15], true, true);
    }

    #[test]
    fn an_empty_page_reports_whether_more_rows_follow() {
        let page = page_of_size(0, false);
        check(&page, SortDirection::Ascending, &[], false, true);
    }
}
