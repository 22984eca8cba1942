//! Loaders of the ledger head and of ledger entries.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::{ledger_entry, ledger_head};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait, Select};

use super::LoaderContext;
use super::list::KeysetList;
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};
use crate::graphql::pagination::keyset::{KeysetOrder, SortDirection};
use crate::ledger::head;
use crate::model::cursor::{PageCursor, SortKey};

/// Key: the head of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head;

impl Loader<Head> for LoaderContext {
    type Value = ledger_head::Model;
    type Error = Error;

    async fn load(&self, _: &[Head]) -> Result<HashMap<Head, ledger_head::Model>> {
        let mut head = head::load_head(self.db([CacheTag::Any])).await?;
        self.wait_for_feed(head.seq).await;
        if let Some(pin) = self.pin() {
            head.seq = pin.seq;
            head.hash = pin.hash.to_string();
            head.recorded_at = Some(pin.recorded_at.0);
        }
        Ok(HashMap::from([(Head, head)]))
    }
}

/// Key: the newest entry that was recorded at an instant or before it, in microseconds since 1970; absent if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HeadAt(pub i64);

impl Loader<HeadAt> for LoaderContext {
    type Value = ledger_entry::Model;
    type Error = Error;

    async fn load(&self, keys: &[HeadAt]) -> Result<HashMap<HeadAt, ledger_entry::Model>> {
        let newest = self.feed.head();
        let mut heads = HashMap::new();
        // One statement per instant, each a look-up in an index; an operation names few.
        for key in keys {
            let entry = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::RecordedAt.lte(key.0))
                .apply_if(self.pin(), |q, pin| {
                    q.filter(ledger_entry::Column::Seq.lte(pin.seq))
                })
                .order_by_desc(ledger_entry::Column::RecordedAt)
                .order_by_desc(ledger_entry::Column::Seq)
                .one(self.db([]))
                .await?;
            // Once a later entry is recorded, it stays the newest.
            if entry.as_ref().is_none_or(|entry| entry.seq >= newest) {
                self.record_tags([CacheTag::Any]);
            }
            heads.extend(entry.map(|entry| (*key, entry)));
        }
        Ok(heads)
    }
}

/// List: every entry, in ledger order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entries;

impl KeysetList for Entries {
    type Entity = ledger_entry::Entity;

    fn select(&self) -> Select<ledger_entry::Entity> {
        ledger_entry::Entity::find()
    }

    fn parent(&self) -> Expr {
        Expr::val(0)
    }

    fn sort(&self) -> KeysetOrder {
        KeysetOrder {
            key: ledger_entry::Column::Seq.into_expr(),
            id: ledger_entry::Column::Seq.into_expr(),
            direction: SortDirection::Ascending,
        }
    }

    fn cursor(&self, row: &ledger_entry::Model) -> PageCursor {
        PageCursor {
            key: SortKey::Number(row.seq),
            id: row.seq,
        }
    }
}
