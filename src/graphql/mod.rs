//! Stub: replaced on merge.

pub mod resume;

use async_graphql::{Context, Error, Object, Subscription};
use futures_util::{Stream, StreamExt, stream};

use crate::model::role::{Caller, Role};
use resume::{LastSent, ResumeFrom};

pub type Schema = async_graphql::Schema<Query, Mutation, Ticks>;

pub fn schema() -> Schema {
    Schema::build(Query, Mutation, Ticks).finish()
}

pub struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }

    async fn broken(&self) -> Result<&str, Error> {
        Err(Error::new("broken"))
    }
}

pub struct Mutation;

#[Object]
impl Mutation {
    async fn touch(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        match ctx.data::<Caller>()?.role {
            Role::Reader => Err(Error::new("editors only")),
            Role::Editor | Role::Admin => Ok(true),
        }
    }
}

pub struct Ticks;

#[Subscription]
impl Ticks {
    async fn ticks(
        &self,
        ctx: &Context<'_>,
        count: Option<u32>,
    ) -> Result<impl Stream<Item = u32> + use<>, Error> {
        if count == Some(0) {
            return Err(Error::new("nothing to count"));
        }
        let start = ctx
            .data_opt::<ResumeFrom>()
            .and_then(|resume| resume.0.as_ref()?.parse().ok())
            .unwrap_or(0);
        let slot = ctx.data_opt::<LastSent>().cloned().unwrap_or_default();
        let endless = count.is_none();
        let ticks = stream::iter(start..start + count.unwrap_or(0)).map(move |tick| {
            *slot
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = Some((tick + 1).to_string());
            tick
        });
        let tail = if endless {
            stream::pending().boxed()
        } else {
            stream::empty().boxed()
        };
        Ok(ticks.chain(tail))
    }
}
