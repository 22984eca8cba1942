//! What a client may say about a page, and what is wrong with it.

use async_graphql::Context;

use crate::error::{Error, Result};
use crate::feed::cursors::NO_CURSOR;
use crate::graphql::loaders::{Loaders, loaders, row::EntrySeq};
use crate::graphql::pagination::Page;
use crate::model::cursor::{LedgerCursor, PageCursor, SortKey};

/// Items on a page where the client does not say.
pub const DEFAULT: i32 = 20;
/// Items on a page at most.
pub const LIMIT: i32 = 100;

/// The arguments of a connection, as the client gave them.
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
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
    let loaders = loaders(ctx);
    let reader = loaders.loader();
    let Some(cursor) = LedgerCursor::parse(text) else {
        return Err(reader.refuse(field, NO_CURSOR).await);
    };
    let seq = cursor.seq;
    let hash = find_hash(loaders, seq).await?;
    match cursor.misfit(reader.generation(), hash.as_deref()) {
        None => Ok(Some(PageCursor {
            key: SortKey::Number(seq),
            id: seq,
        })),
        Some(why) => Err(reader.refuse(field, why).await),
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
        numeric.before = Some(
            PageCursor {
                key: SortKey::Number(1),
                id: 12,
            }
            .to_string(),
        );
        assert_eq!(field(numeric), ("CURSOR_INVALID", "before".to_owned()));
    }
}
