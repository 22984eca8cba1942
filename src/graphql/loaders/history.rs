//! Loaders of relationship histories and of single facts, the input of the position fold.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::statement;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{LoaderContext, row::subject};
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};
use crate::ledger::history;
use crate::model::position::Fact;

/// Key: all facts ever recorded about a relationship; absent if there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryOf(pub i64);

impl Loader<HistoryOf> for LoaderContext {
    type Value = Arc<[Fact]>;
    type Error = Error;

    async fn load(&self, keys: &[HistoryOf]) -> Result<HashMap<HistoryOf, Self::Value>> {
        let ids: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let db = self.db(ids.iter().map(|id| CacheTag::Relationship(*id)));
        let histories = history::load(db, &ids).await?;
        let shared = |(id, facts): (i64, Vec<Fact>)| (HistoryOf(id), facts.into());
        Ok(histories.into_iter().map(shared).collect())
    }
}

/// Key: one statement as a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FactOf(pub i64);

impl Loader<FactOf> for LoaderContext {
    type Value = Fact;
    type Error = Error;

    async fn load(&self, keys: &[FactOf]) -> Result<HashMap<FactOf, Fact>> {
        let statements = ValueSet::of_numbers(keys.iter().map(|key| key.0));
        let rows = statement::Entity::find()
            .filter(statements.contains(statement::Column::Id.into_expr()))
            .all(self.db(keys.iter().map(|key| CacheTag::Statement(key.0))))
            .await?;
        let facts = history::load_facts(self.db(rows.iter().filter_map(subject)), &rows).await?;
        Ok(facts
            .into_iter()
            .map(|fact| (FactOf(fact.id), fact))
            .collect())
    }
}
