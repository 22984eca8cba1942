//! The measured queries.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, Object, Result};
use data_encoding::BASE64URL_NOPAD;
use entity::relationship::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::countries::Countries;
use crate::stance::{RelationshipField, Stance};
use crate::types::{Country, Relationship, RelationshipConnection};

pub(crate) struct Query;

#[derive(InputObject)]
struct RelationshipFilter {
    stance: Vec<Stance>,
}

#[derive(InputObject)]
struct RelationshipOrder {
    field: RelationshipField,
}

#[Object]
impl Query {
    async fn country(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Country>> {
        Ok(ctx.data::<Countries>()?.find(&code).map(Country))
    }

    async fn countries(&self, ctx: &Context<'_>) -> Result<Vec<Country>> {
        let all = ctx.data::<Countries>()?.all.iter();
        Ok(all.cloned().map(Country).collect())
    }

    async fn relationships(
        &self,
        ctx: &Context<'_>,
        filter: RelationshipFilter,
        order_by: RelationshipOrder,
        first: u64,
        after: Option<String>,
    ) -> Result<RelationshipConnection> {
        let RelationshipField::Since = order_by.field;
        let (day, id) = after
            .as_deref()
            .map_or(Ok((String::new(), 0)), parse_cursor)?;
        let stances = filter.stance.iter().map(|stance| stance.name());
        let key = Expr::tuple([Expr::col(Column::SinceDay), Expr::col(Column::Id)]);
        let rows = Entity::find()
            .filter(Column::Stance.is_in(stances))
            .filter(key.gt(Expr::tuple([Expr::val(day), Expr::val(id)])))
            .order_by_asc(Column::SinceDay)
            .order_by_asc(Column::Id)
            .limit(first)
            .all(ctx.data::<DatabaseConnection>()?)
            .await?;
        let nodes = rows.into_iter().map(Arc::new).map(Relationship);
        Ok(RelationshipConnection {
            nodes: nodes.collect(),
        })
    }
}

/// The day and the identifier in a cursor of this service.
fn parse_cursor(cursor: &str) -> Result<(String, i64)> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes());
    bytes
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| Error::new("not a cursor"))
}
