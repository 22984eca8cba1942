//! All initiatives.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::initiative;
use sea_orm::{EntityTrait, QueryOrder};

use super::Reader;
use crate::error::{Error, Result};
use crate::feed::touched::Tag;

/// Every initiative, in the order of opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AllInitiatives;

impl Loader<AllInitiatives> for Reader {
    type Value = Vec<initiative::Model>;
    type Error = Error;

    async fn load(&self, _: &[AllInitiatives]) -> Result<HashMap<AllInitiatives, Self::Value>> {
        let select = initiative::Entity::find().order_by_asc(initiative::Column::Id);
        Ok(HashMap::from([(
            AllInitiatives,
            select.all(self.db([Tag::Everything])).await?,
        )]))
    }
}
