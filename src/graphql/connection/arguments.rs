//! Pagination arguments (`first`, `after`, `last`, `before`): their validation and the page that they select.

use async_graphql::Context;

use crate::error::{Error, Result};
use crate::feed::cursors::NOT_A_CURSOR;
use crate::graphql::loaders::{Loaders, loaders, row::EntrySeq};
use crate::graphql::pagination::Page;
use crate::model::cursor::{CursorMismatch, LedgerCursor, PageCursor, SortKey};

/// Items on a page if the client sends neither `first` nor `last`.
pub const DEFAULT_PAGE_SIZE: i32 = 20;
/// The largest page size.
pub const MAX_PAGE_SIZE: i32 = 100;

const NOT_OF_THIS_LIST: &str =
    "not a cursor of this list in this order; use a cursor from a page of it, or leave it out";

/// The arguments of a connection as received.
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl PageArguments {
    /// For lists with row cursors; `is_text` tells whether the sort key is text.
    pub fn page(&self, is_text: bool) -> Result<Page> {
        let parse_cursor = |field: &str, text: &Option<String>| {
            let parse = |text: &String| {
                PageCursor::parse(text)
                    .filter(|cursor| matches!(cursor.key, SortKey::Text(_)) == is_text)
                    .ok_or_else(|| Error::cursor(field, NOT_OF_THIS_LIST))
            };
            text.as_ref().map(parse).transpose()
        };
        let after = parse_cursor("after", &self.after)?;
        self.page_between(after, parse_cursor("before", &self.before)?)
    }

    /// For lists in ledger order, whose cursors are ledger cursors.
    pub async fn ledger_page(&self, ctx: &Context<'_>) -> Result<Page> {
        let after = parse_ledger_cursor(ctx, "after", self.after.as_deref()).await?;
        let before = parse_ledger_cursor(ctx, "before", self.before.as_deref()).await?;
        self.page_between(after, before)
    }

    fn page_between(&self, after: Option<PageCursor>, before: Option<PageCursor>) -> Result<Page> {
        let (field, requested) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Error::bad_input(
                    "first",
                    "use either `first` or `last`, not both",
                ));
            }
            (None, Some(last)) => ("last", last),
            (first, None) => ("first", first.unwrap_or(DEFAULT_PAGE_SIZE)),
        };
        let size = u64::try_from(requested)
            .ok()
            .filter(|_| requested <= MAX_PAGE_SIZE);
        Ok(Page {
            size: size.ok_or_else(|| {
                Error::bad_input(
                    field,
                    format!("{requested} is out of range (0 to {MAX_PAGE_SIZE})"),
                )
            })?,
            backward: self.last.is_some(),
            after,
            before,
        })
    }
}

/// Checks that a cursor belongs to this ledger, and converts it into a cursor of lists in ledger order.
async fn parse_ledger_cursor(
    ctx: &Context<'_>,
    field: &str,
    text: Option<&str>,
) -> Result<Option<PageCursor>> {
    let Some(text) = text else { return Ok(None) };
    let loaders = loaders(ctx);
    let context = loaders.loader();
    let Some(cursor) = LedgerCursor::parse(text) else {
        return Err(context.cursor_error(field, NOT_A_CURSOR).await);
    };
    let seq = cursor.seq;
    let hash = find_hash(loaders, seq).await?;
    let mismatch = cursor.mismatch(context.generation(), hash.as_deref());
    match mismatch.map(CursorMismatch::message) {
        None => Ok(Some(PageCursor {
            key: SortKey::Number(seq),
            id: seq,
        })),
        Some(mismatch) => Err(context.cursor_error(field, mismatch).await),
    }
}

async fn find_hash(loaders: &Loaders, seq: i64) -> Result<Option<String>> {
    if seq == 0 {
        return Ok(Some(loaders.loader().genesis().to_owned()));
    }
    let entry = match loaders.load_one(EntrySeq(seq)).await? {
        Some(entry) => Some(entry),
        None => loaders.loader().find_newer(seq).await?,
    };
    Ok(entry.map(|entry| entry.hash))
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

    #[test]
    fn errors_of_page_sizes_and_cursors_name_their_argument() {
        let code_and_field = |arguments: PageArguments| {
            let error = arguments.page(true).unwrap_err();
            (error.code(), error.field().unwrap().to_owned())
        };
        let bad = |field: &str| ("BAD_USER_INPUT", field.to_owned());
        assert_eq!(code_and_field(arguments(Some(101), None)), bad("first"));
        assert_eq!(code_and_field(arguments(None, Some(-1))), bad("last"));
        assert_eq!(code_and_field(arguments(Some(1), Some(1))), bad("first"));
        let mut numeric = arguments(None, None);
        numeric.before = Some(
            PageCursor {
                key: SortKey::Number(1),
                id: 12,
            }
            .to_string(),
        );
        assert_eq!(
            code_and_field(numeric),
            ("CURSOR_INVALID", "before".to_owned())
        );
    }
}
