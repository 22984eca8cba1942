//! Loader of the deliveries of webhooks.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::webhook_delivery::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::LoaderContext;
use super::work_budget::SQL_ROW;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};

/// Key: the last deliveries of a webhook, oldest first; absent if there are none. They are not part of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveriesOf(pub i64);

impl Loader<DeliveriesOf> for LoaderContext {
    type Value = Vec<Model>;
    type Error = Error;

    async fn load(&self, keys: &[DeliveriesOf]) -> Result<HashMap<DeliveriesOf, Vec<Model>>> {
        let webhooks = ValueSet::of_numbers(keys.iter().map(|key| key.0));
        let rows = Entity::find()
            .filter(webhooks.contains(Column::WebhookId.into_expr()))
            .order_by_asc(Column::Number)
            .all(self.db([]))
            .await?;
        self.work().spend(SQL_ROW * rows.len() as u64)?;
        let mut deliveries: HashMap<DeliveriesOf, Vec<Model>> = HashMap::new();
        for row in rows {
            let of_webhook = deliveries.entry(DeliveriesOf(row.webhook_id)).or_default();
            of_webhook.push(row);
        }
        Ok(deliveries)
    }
}
