//! Histories of relationships, and facts of single statements.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::statement;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Reader, row::subject};
use crate::cache::tag::Tag;
use crate::error::{Error, Result};
use crate::ledger::history;
use crate::model::position::Fact;

/// All that was ever said about a relationship; absent where nothing was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryOf(pub i64);

impl Loader<HistoryOf> for Reader {
    type Value = Arc<[Fact]>;
    type Error = Error;

    async fn load(&self, keys: &[HistoryOf]) -> Result<HashMap<HistoryOf, Self::Value>> {
        let ids: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let db = self.db(ids.iter().map(|id| Tag::Relationship(*id)));
        let histories = history::load(db, &ids).await?;
        let shared = |(id, facts): (i64, Vec<Fact>)| (HistoryOf(id), facts.into());
        Ok(histories.into_iter().map(shared).collect())
    }
}

/// What one statement means to the fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FactOf(pub i64);

impl Loader<FactOf> for Reader {
    type Value = Fact;
    type Error = Error;

    async fn load(&self, keys: &[FactOf]) -> Result<HashMap<FactOf, Fact>> {
        let rows = statement::Entity::find()
            .filter(statement::Column::Id.is_in(keys.iter().map(|key| key.0)))
            .all(self.db(keys.iter().map(|key| Tag::Statement(key.0))))
            .await?;
        let facts = history::load_facts(self.db(rows.iter().filter_map(subject)), &rows).await?;
        Ok(facts
            .into_iter()
            .map(|fact| (FactOf(fact.id), fact))
            .collect())
    }
}
