//! Loader of the newest edition of each initiative's document.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::edition;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::LoaderContext;
use super::work_budget::SQL_ROW;
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};

/// The edition that was recorded last, at a time in microseconds if one is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NewestEdition {
    pub initiative: i64,
    pub recorded_by: Option<i64>,
}

impl Loader<NewestEdition> for LoaderContext {
    type Value = edition::Model;
    type Error = Error;

    async fn load(&self, keys: &[NewestEdition]) -> Result<HashMap<NewestEdition, Self::Value>> {
        let tags = keys.iter().map(|key| CacheTag::Initiative(key.initiative));
        let initiatives = ValueSet::of_numbers(keys.iter().map(|key| key.initiative));
        let mut rows = edition::Entity::find()
            .filter(initiatives.contains(edition::Column::InitiativeId.into_expr()))
            .order_by_asc(edition::Column::Id)
            .all(self.db(tags))
            .await?;
        self.work().spend(SQL_ROW * rows.len() as u64)?;
        rows.retain(|row| self.includes(row.id));
        let newest = |key: &NewestEdition| {
            let mut rows = rows.iter().rev();
            rows.find(|row| {
                let limit = key.recorded_by;
                row.initiative_id == key.initiative && limit.is_none_or(|at| row.recorded_at <= at)
            })
        };
        let found = keys
            .iter()
            .filter_map(|key| Some((*key, newest(key)?.clone())));
        Ok(found.collect())
    }
}
