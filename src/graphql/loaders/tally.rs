//! Loader of tallies: counts of the current positions.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::{relationship, statement};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::LoaderContext;
use super::statement::is_standing;
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result, parse_stored};
use crate::model::country::ATLAS;
use crate::model::tally::Tally;

/// Key: the tally of an initiative; absent if it has no valid statement yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TallyOf(pub i64);

impl Loader<TallyOf> for LoaderContext {
    type Value = Tally;
    type Error = Error;

    async fn load(&self, keys: &[TallyOf]) -> Result<HashMap<TallyOf, Tally>> {
        let has_statement = Query::select()
            .expr(Expr::val(1))
            .from(statement::Entity)
            .and_where(
                Expr::col((statement::Entity, statement::Column::RelationshipId))
                    .equals((relationship::Entity, relationship::Column::Id)),
            )
            .cond_where(is_standing())
            .take();
        let initiatives = ValueSet::of_numbers(keys.iter().map(|key| key.0));
        let rows = relationship::Entity::find()
            .filter(initiatives.contains(relationship::Column::InitiativeId.into_expr()))
            .filter(Expr::exists(has_statement))
            .all(self.db(keys.iter().map(|key| CacheTag::Initiative(key.0))))
            .await?;
        let mut tallies: HashMap<TallyOf, Tally> = HashMap::new();
        for row in rows {
            let tally = tallies.entry(TallyOf(row.initiative_id)).or_default();
            let region = region_of(&row.requested_state);
            tally.add(region, parse_stored(&row.stance)?, row.disputed);
        }
        Ok(tallies)
    }
}

/// UN M49 code of a country's region; empty for a country code that this version does not have.
pub fn region_of(code: &str) -> &'static str {
    ATLAS
        .find_country(code)
        .map_or("", |country| country.region.as_str())
}
