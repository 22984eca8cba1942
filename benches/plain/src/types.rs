//! GraphQL types over rows.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object, Result, SimpleObject, dataloader::DataLoader};
use data_encoding::BASE64URL_NOPAD;
use entity::{relationship, stance_change};

use crate::countries::{Countries, Facts};
use crate::loaders::{IncomingKey, LatestChangesKey, RowLoader};
use crate::stance::{Direction, Stance};

pub(crate) struct Country(pub(crate) Arc<Facts>);

#[derive(SimpleObject)]
struct Region {
    name: String,
}

#[derive(SimpleObject)]
pub(crate) struct RelationshipConnection {
    pub(crate) nodes: Vec<Relationship>,
}

#[derive(Clone)]
pub(crate) struct Relationship(pub(crate) Arc<relationship::Model>);

#[derive(SimpleObject)]
struct StanceChangeConnection {
    nodes: Vec<StanceChange>,
}

struct StanceChange(stance_change::Model);

#[Object]
impl Country {
    async fn code(&self) -> ID {
        ID(self.0.code.clone())
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn capital(&self) -> Option<&str> {
        self.0.capital.as_deref()
    }

    async fn region(&self) -> Region {
        Region {
            name: self.0.region.clone(),
        }
    }

    async fn relationships(
        &self,
        ctx: &Context<'_>,
        direction: Direction,
        first: i32,
    ) -> Result<RelationshipConnection> {
        if direction != Direction::Incoming {
            return Err(Error::new("only INCOMING is supported"));
        }
        let code = self.0.code.clone();
        let rows = ctx
            .data::<DataLoader<RowLoader>>()?
            .load_one(IncomingKey { code, first })
            .await?;
        let nodes = rows.unwrap_or_default().into_iter().map(Arc::new);
        Ok(RelationshipConnection {
            nodes: nodes.map(Relationship).collect(),
        })
    }
}

#[Object]
impl Relationship {
    async fn id(&self) -> ID {
        let text = format!("Relationship:{}", self.0.id);
        ID(BASE64URL_NOPAD.encode(text.as_bytes()))
    }

    async fn stance(&self) -> Result<Stance> {
        Stance::parse(&self.0.stance)
    }

    async fn since(&self) -> Option<&str> {
        self.0.since.as_deref()
    }

    async fn requesting_state(&self, ctx: &Context<'_>) -> Result<Country> {
        find_country(ctx, &self.0.requesting_state)
    }

    async fn requested_state(&self, ctx: &Context<'_>) -> Result<Country> {
        find_country(ctx, &self.0.requested_state)
    }

    async fn changes(&self, ctx: &Context<'_>, last: i32) -> Result<StanceChangeConnection> {
        let relationship = self.0.id;
        let rows = ctx
            .data::<DataLoader<RowLoader>>()?
            .load_one(LatestChangesKey { relationship, last })
            .await?;
        let nodes = rows.unwrap_or_default().into_iter();
        Ok(StanceChangeConnection {
            nodes: nodes.map(StanceChange).collect(),
        })
    }
}

#[Object]
impl StanceChange {
    async fn from(&self) -> Result<Stance> {
        Stance::parse(&self.0.from_stance)
    }

    async fn to(&self) -> Result<Stance> {
        Stance::parse(&self.0.to_stance)
    }

    async fn occurred_on(&self) -> Option<&str> {
        self.0.occurred_on.as_deref()
    }
}

fn find_country(ctx: &Context<'_>, code: &str) -> Result<Country> {
    let facts = ctx.data::<Countries>()?.find(code);
    facts
        .map(Country)
        .ok_or_else(|| Error::new("country not found"))
}
