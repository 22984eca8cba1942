//! The subscription to stance changes, and the endpoint that publishes them.

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
const CHANNEL_CAPACITY: usize = 4096;

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
        let sender = broadcast::channel(CHANNEL_CAPACITY).0;
        Self { db, sender }
    }
}

/// An event as the load tool posts it.
#[derive(Deserialize)]
struct PublishRequest {
    relationship: String,
    from: String,
    to: String,
    summary: String,
}

pub(crate) async fn publish(
    State(events): State<Events>,
    body: Bytes,
) -> std::result::Result<Json<()>, StatusCode> {
    let change = load_change(&events.db, &body).await;
    let change = change.map_err(|_| StatusCode::BAD_REQUEST)?;
    // An error is ignored: it says that there is no subscriber.
    drop(events.sender.send(Arc::new(change)));
    Ok(Json(()))
}

async fn load_change(db: &DatabaseConnection, body: &[u8]) -> Result<Change> {
    let request: PublishRequest = serde_json::from_slice(body)?;
    let id = BASE64URL_NOPAD.decode(request.relationship.as_bytes())?;
    let id = String::from_utf8(id)?
        .replace("Relationship:", "")
        .parse()?;
    let row: Option<relationship::Model> =
        relationship::Entity::find_by_id::<i64>(id).one(db).await?;
    Ok(Change {
        from: Stance::parse(&request.from)?,
        to: Stance::parse(&request.to)?,
        relationship: Arc::new(row.ok_or_else(|| Error::new("relationship not found"))?),
        summary: request.summary,
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
        let changes = stream::unfold(receiver, |mut receiver| async move {
            // A subscriber that falls behind is closed, since the channel has overwritten events.
            let change = receiver.recv().await.ok()?;
            Some((change, receiver))
        });
        Ok(changes.filter_map(move |change| {
            let state = change.relationship.requested_state.as_str();
            let matches = countries
                .as_ref()
                .is_none_or(|countries| countries.iter().any(|code| code.as_str() == state));
            std::future::ready(matches.then_some(StanceChanged(change)))
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
