//! The head and the entries of the ledger.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::{ledger_entry, ledger_head};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, Select};

use super::Reader;
use super::list::List;
use crate::cache::tag::Tag;
use crate::error::{Error, Result};
use crate::graphql::pagination::keyset::{Sort, Way};
use crate::ledger::head;
use crate::model::cursor::{PageCursor, SortKey};

/// How far the ledger has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head;

impl Loader<Head> for Reader {
    type Value = ledger_head::Model;
    type Error = Error;

    async fn load(&self, _: &[Head]) -> Result<HashMap<Head, ledger_head::Model>> {
        let head = head::load(self.db([Tag::Everything])).await?;
        self.catch_up(head.seq).await;
        Ok(HashMap::from([(Head, head)]))
    }
}

/// Every entry, in ledger order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entries;

impl List for Entries {
    type Entity = ledger_entry::Entity;

    fn select(&self) -> Select<ledger_entry::Entity> {
        ledger_entry::Entity::find()
    }

    fn parent(&self) -> Expr {
        Expr::val(0)
    }

    fn sort(&self) -> Sort {
        Sort {
            key: ledger_entry::Column::Seq.into_expr(),
            id: ledger_entry::Column::Seq.into_expr(),
            way: Way::Ascending,
        }
    }

    fn place(&self, row: &ledger_entry::Model) -> PageCursor {
        PageCursor {
            key: SortKey::Number(row.seq),
            id: row.seq,
        }
    }
}
