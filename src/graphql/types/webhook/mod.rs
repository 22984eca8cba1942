//! Webhooks as an operator manages them with an admin's token, as `demarche webhook` does.

pub mod filter;

pub mod mutation;

use async_graphql::{Context, ID, Object, SimpleObject};
use entity::{webhook, webhook_delivery};

use crate::database::Database;
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::delivery::DeliveriesOf;
use crate::graphql::loaders::work_budget::SQL_ROW;
use crate::graphql::loaders::{loader_context, loaders, mark_uncacheable};
use crate::graphql::output::direct_json::ready::ReadyFields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::ledger::webhooks;
use crate::model::webhook::target::Loopback;
use filter::WebhookFilter;

/// What the fields of webhooks need besides the loaders.
#[derive(Clone)]
pub struct WebhookAdministration {
    pub database: Database,
    /// Whether webhooks may be sent to this machine.
    pub loopback: Loopback,
    /// The bytes of new secrets.
    pub random: fn() -> Result<[u8; 32]>,
}

pub struct Webhook(webhook::Model);

/// A URL to which running servers send stance changes, signed and in ledger order. It is not part of the ledger.
#[Object]
impl Webhook {
    /// Number of the webhook, as in `demarche webhook list`.
    async fn number(&self) -> ID {
        self.0.id.into()
    }

    /// Where changes are sent.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// Which changes are sent.
    async fn filter(&self) -> Result<DirectJson<WebhookFilter>> {
        WebhookFilter::parse(&self.0.filter).map(DirectJson)
    }

    /// Time at which the webhook was added.
    async fn created_at(&self) -> DateTime {
        DateTime::of_micros(self.0.created_at)
    }

    /// Ledger cursor of the last change that was delivered or did not match the filter: the next one follows it.
    async fn cursor(&self) -> &str {
        &self.0.cursor
    }

    /// Number of deliveries so far, failed ones included.
    async fn delivery_count(&self) -> i64 {
        self.0.deliveries
    }

    /// Number of failed deliveries of the next change; 0 after a success.
    async fn failures(&self) -> i32 {
        self.0.failures
    }

    /// Time of the next attempt after a failed delivery; null if nothing failed or the webhook is paused.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        let next = self.0.next_attempt_at;
        next.filter(|_| self.0.paused_at.is_none())
            .map(DateTime::of_micros)
    }

    /// Time from which the webhook is paused; null while it is active.
    async fn paused_at(&self) -> Option<DateTime> {
        self.0.paused_at.map(DateTime::of_micros)
    }

    /// Why the webhook is paused; null while it is active.
    async fn pause_reason(&self) -> Option<&str> {
        let reason = self.0.pause_reason.as_deref();
        reason.filter(|_| self.0.paused_at.is_some())
    }

    /// The last 50 deliveries, oldest first.
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
    ) -> Result<DirectJsonList<DirectJson<WebhookDelivery>>> {
        let rows = loaders(ctx).load_one(DeliveriesOf(self.0.id)).await?;
        let rows = rows.unwrap_or_default();
        let deliveries = rows.into_iter().map(WebhookDelivery::from);
        Ok(deliveries.map(DirectJson).collect())
    }
}

impl ReadyFields for Webhook {}

/// An attempt to send a stance change to a webhook.
#[derive(SimpleObject)]
pub struct WebhookDelivery {
    /// Number of the ledger entry of the change.
    seq: i64,
    /// The header `webhook-id`, the same in every attempt.
    message_id: String,
    /// Counts the attempts to send this change, from 1.
    attempt: i32,
    /// Time at which the attempt started.
    started_at: DateTime,
    /// Duration of the attempt in milliseconds.
    milliseconds: i64,
    /// HTTP status of the response; null without a response.
    status: Option<i32>,
    /// Why the delivery failed; null if the receiver accepted the change.
    error: Option<String>,
}

impl ReadyFields for WebhookDelivery {}

impl From<webhook_delivery::Model> for WebhookDelivery {
    fn from(row: webhook_delivery::Model) -> Self {
        Self {
            seq: row.seq,
            message_id: row.message_id,
            attempt: row.attempt,
            started_at: DateTime::of_micros(row.started_at),
            milliseconds: row.duration / 1_000,
            status: row.status,
            error: row.error,
        }
    }
}

/// Root fields.
#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// All webhooks, in the order in which they were added; their secrets are shown only once, when they are made. Requires the
    /// role `ADMIN`.
    /// Errors: `BAD_USER_INPUT` in a pinned request: they are not part of the ledger.
    async fn webhooks(&self, ctx: &Context<'_>) -> Result<DirectJsonList<DirectJson<Webhook>>> {
        mark_uncacheable(ctx);
        let context = loader_context(ctx);
        if context.pin().is_some() {
            let message = "webhooks are not part of the ledger; request them without `seq`";
            return Err(Error::bad_input("seq", message));
        }
        let rows = webhooks::list(context.db([])).await?;
        context.work().spend(SQL_ROW * rows.len() as u64)?;
        Ok(rows.into_iter().map(Webhook).map(DirectJson).collect())
    }
}
