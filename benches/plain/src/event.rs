//! Changes of stances, to whoever subscribes.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, Object, Result, SimpleObject};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, body::Bytes};
use data_encoding::BASE64URL_NOPAD;
use entity::relationship;
use futures_util::{Stream, StreamExt, stream};
use sea_orm::{DatabaseConnection, EntityTrait};
use serde::Deserialize;
use tokio::sync::broadcast;

use crate::stance::Stance;
use crate::types::Relationship;

/// Events that a slow subscriber may fall behind.
const BEHIND: usize = 4096;

#[derive(Clone)]
pub(crate) struct Events {
    db: DatabaseConnection,
    sender: broadcast::Sender<Arc<Change>>,
}

struct Change {
    from: Stance,
    to: Stance,
    relationship: Arc<relationship::Model>,
    summary: String,
}

impl Events {
    pub(crate) fn new(db: DatabaseConnection) -> Self {
        let sender = broadcast::channel(BEHIND).0;
        Self { db, sender }
    }
}

/// What happened, as the load tool tells it.
#[derive(Deserialize)]
struct Published {
    relationship: String,
    from: String,
    to: String,
    summary: String,
}

pub(crate) async fn publish(
    State(events): State<Events>,
    body: Bytes,
) -> std::result::Result<Json<()>, StatusCode> {
    let found = found(&events.db, &body).await;
    let change = found.map_err(|_| StatusCode::BAD_REQUEST)?;
    // Without subscribers nobody is told, and nobody misses it.
    drop(events.sender.send(Arc::new(change)));
    Ok(Json(()))
}

async fn found(db: &DatabaseConnection, body: &[u8]) -> Result<Change> {
    let published: Published = serde_json::from_slice(body)?;
    let id = BASE64URL_NOPAD.decode(published.relationship.as_bytes())?;
    let id = String::from_utf8(id)?
        .replace("Relationship:", "")
        .parse()?;
    let row: Option<relationship::Model> =
        relationship::Entity::find_by_id::<i64>(id).one(db).await?;
    Ok(Change {
        from: Stance::parse(&published.from)?,
        to: Stance::parse(&published.to)?,
        relationship: Arc::new(row.ok_or_else(|| Error::new("no such relationship"))?),
        summary: published.summary,
    })
}

pub(crate) struct Subscription;

#[derive(InputObject)]
struct StanceChangeFilter {
    countries: Option<Vec<ID>>,
}

#[async_graphql::Subscription]
impl Subscription {
    async fn stance_changed(
        &self,
        ctx: &Context<'_>,
        filter: Option<StanceChangeFilter>,
    ) -> Result<impl Stream<Item = StanceChanged> + use<>> {
        let receiver = ctx.data::<Events>()?.sender.subscribe();
        let countries = filter.and_then(|filter| filter.countries);
        let heard = stream::unfold(receiver, |mut receiver| async move {
            // Who falls behind misses something: this is what the channel offers.
            let change = receiver.recv().await.ok()?;
            Some((change, receiver))
        });
        Ok(heard.filter_map(move |change| {
            let state = change.relationship.requested_state.as_str();
            let is_wanted = countries
                .as_ref()
                .is_none_or(|countries| countries.iter().any(|code| code.as_str() == state));
            std::future::ready(is_wanted.then_some(StanceChanged(change)))
        }))
    }
}

struct StanceChanged(Arc<Change>);

#[derive(SimpleObject)]
struct Statement {
    summary: String,
}

#[Object(name = "StanceChangeEvent")]
impl StanceChanged {
    async fn from(&self) -> Stance {
        self.0.from
    }

    async fn to(&self) -> Stance {
        self.0.to
    }

    async fn relationship(&self) -> Relationship {
        Relationship(Arc::clone(&self.0.relationship))
    }

    async fn statement(&self) -> Statement {
        Statement {
            summary: self.0.summary.clone(),
        }
    }
}
