//! The head and the entries of the ledger.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::{ledger_entry, ledger_head};
use sea_orm::{ConnectionTrait, EntityTrait, Select};

use super::Reader;
use super::list::{List, Sort};
use crate::error::{Error, Result};
use crate::graphql::paging::Way;
use crate::model::cursor::{PageCursor, SortKey};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::Expr;

/// How far the ledger has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head;

impl Loader<Head> for Reader {
    type Value = ledger_head::Model;
    type Error = Error;

    async fn load(&self, _: &[Head]) -> Result<HashMap<Head, ledger_head::Model>> {
        Ok(HashMap::from([(Head, find_head(self.db()).await?)]))
    }
}

pub async fn find_head(db: &impl ConnectionTrait) -> Result<ledger_head::Model> {
    let head = ledger_head::Entity::find().one(db).await?;
    head.ok_or_else(|| Error::internal("the ledger has no head row"))
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
