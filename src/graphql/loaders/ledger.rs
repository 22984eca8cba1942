//! Loaders of the ledger head and of ledger entries.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::{ledger_entry, ledger_head};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, Select};

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
