//! Mutations of webhooks. They write nothing to the ledger.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{Webhook, WebhookAdministration};
use crate::error::{Error, Result};
use crate::graphql::loaders::loader_context;
use crate::graphql::loaders::work_budget::SQL_STATEMENT;
use crate::graphql::types::stance_change::filter::StanceChangeFilter;
use crate::ledger::webhooks;
use crate::ledger::writer::LedgerHandle;
use crate::model::role::Caller;
use crate::model::time::Timestamp;
use crate::model::webhook::{secret::Secret, target};

/// A webhook to add.
#[derive(InputObject)]
pub struct AddWebhookInput {
    /// Where to send changes: an `https://` URL of a host with public addresses, without user name, password and fragment.
    url: String,
    /// Which changes are sent; all, if omitted. `recordedBy` and empty lists are not allowed.
    filter: Option<StanceChangeFilter>,
    /// Send the changes after this ledger cursor; by default those that are recorded from now on.
    after: Option<String>,
}

/// A webhook and its secret, which is not shown again.
#[derive(SimpleObject)]
pub struct WebhookWithSecret {
    /// The webhook.
    webhook: Webhook,
    /// The secret that signs its messages: `whsec_` and standard base64. Store it now.
    secret: String,
}

/// SQL statements of a mutation.
const STATEMENTS: u64 = 6;
/// Microseconds for which an earlier secret signs, too: 24 hours.
const OVERLAP: i64 = 24 * 3_600_000_000;

/// Root fields.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Adds a webhook. Requires the role `ADMIN`. Sent twice, it adds two.
    /// Errors: `BAD_USER_INPUT`, `NOT_FOUND` or `CURSOR_INVALID` with the invalid field; `CONFLICT` if there are 100 webhooks.
    async fn add_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The webhook to add.")] input: AddWebhookInput,
    ) -> Result<WebhookWithSecret> {
        let administration = begin(ctx)?;
        let url = target::parse(&input.url, administration.loopback)
            .map_err(|error| Error::bad_input("input.url", format!("`{}` {error}", input.url)))?;
        let filter = input.filter.unwrap_or_default().webhook_filter(ctx);
        let filter = filter.map_err(of_input)?;
        let writer = administration.database.writer();
        let cursor = match &input.after {
            Some(text) => webhooks::resolve_cursor(writer, text)
                .await
                .map_err(of_input)?,
            None => webhooks::head_cursor(writer).await?,
        };
        let secret = Secret::from_random((administration.random)()?);
        let now = ctx.data_unchecked::<LedgerHandle>().now();
        let row = webhooks::create(writer, url.as_str(), &filter, &secret, &cursor, now).await;
        let row = row.map_err(of_input)?;
        Ok(WebhookWithSecret {
            webhook: Webhook(row),
            secret: secret.reveal(),
        })
    }

    /// Stops sending to a webhook; it continues at the same place when it is resumed. Requires the role `ADMIN`.
    /// Errors: `NOT_FOUND`.
    async fn pause_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the webhook.")] number: ID,
    ) -> Result<Webhook> {
        let id = parse_number(&number)?;
        let writer = begin(ctx)?.database.writer();
        let caller = ctx.data_opt::<Caller>();
        let name = caller.and_then(|caller| caller.name.as_deref());
        let reason = format!("by the token {}", name.unwrap_or_default());
        let now = ctx.data_unchecked::<LedgerHandle>().now();
        webhooks::pause(writer, id, &reason, now)
            .await
            .map_err(at_number)?;
        find(ctx, id).await
    }

    /// Continues sending to a paused webhook, at once. Requires the role `ADMIN`.
    /// Errors: `NOT_FOUND`.
    async fn resume_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the webhook.")] number: ID,
    ) -> Result<Webhook> {
        let id = parse_number(&number)?;
        webhooks::resume(begin(ctx)?.database.writer(), id)
            .await
            .map_err(at_number)?;
        find(ctx, id).await
    }

    /// Sends the changes after a cursor, again or for the first time; a paused webhook stays paused. Requires the role `ADMIN`.
    /// Errors: `NOT_FOUND`, `CURSOR_INVALID`.
    async fn replay_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the webhook.")] number: ID,
        #[graphql(desc = "Ledger cursor after which it continues.")] after: String,
    ) -> Result<Webhook> {
        let id = parse_number(&number)?;
        webhooks::replay(begin(ctx)?.database.writer(), id, &after)
            .await
            .map_err(at_number)?;
        find(ctx, id).await
    }

    /// Gives a webhook a new secret; for 24 hours each message is signed by both. Requires the role `ADMIN`. Sent twice, the
    /// first new secret takes the place of the earlier one.
    /// Errors: `NOT_FOUND`.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the webhook.")] number: ID,
    ) -> Result<WebhookWithSecret> {
        let id = parse_number(&number)?;
        let administration = begin(ctx)?;
        let secret = Secret::from_random((administration.random)()?);
        let now = ctx.data_unchecked::<LedgerHandle>().now();
        let until = Timestamp(now.0.saturating_add(OVERLAP));
        webhooks::rotate(administration.database.writer(), id, &secret, until)
            .await
            .map_err(at_number)?;
        Ok(WebhookWithSecret {
            webhook: find(ctx, id).await?,
            secret: secret.reveal(),
        })
    }

    /// Removes a webhook with its deliveries, and returns it as it was. Requires the role `ADMIN`.
    /// Errors: `NOT_FOUND`.
    async fn remove_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the webhook.")] number: ID,
    ) -> Result<Webhook> {
        let id = parse_number(&number)?;
        let writer = begin(ctx)?.database.writer();
        let webhook = find(ctx, id).await?;
        webhooks::remove(writer, id).await?;
        Ok(webhook)
    }
}

/// Charges the statements of a mutation before they run.
fn begin<'c>(ctx: &Context<'c>) -> Result<&'c WebhookAdministration> {
    let work = loader_context(ctx).work();
    work.spend(STATEMENTS * SQL_STATEMENT)?;
    Ok(ctx.data_unchecked::<WebhookAdministration>())
}

/// The webhook as it was just written: a replica may not have it yet.
async fn find(ctx: &Context<'_>, id: i64) -> Result<Webhook> {
    let administration = ctx.data_unchecked::<WebhookAdministration>();
    let row = webhooks::find(administration.database.writer(), id).await;
    Ok(Webhook(row.map_err(at_number)?))
}

fn parse_number(number: &ID) -> Result<i64> {
    // As it is printed: no other text names a webhook.
    let id = number
        .parse()
        .ok()
        .filter(|id: &i64| id.to_string() == number.0);
    id.ok_or_else(|| at_number(Error::not_found("webhook", number.to_string())))
}

/// The error of a webhook that does not exist, at its argument.
fn at_number(error: Error) -> Error {
    match error {
        Error::NotFound { .. } => error.map_field(|_| "number".to_owned()),
        other => other,
    }
}

/// An error of `addWebhook`, at the path of its input.
fn of_input(error: Error) -> Error {
    error.map_field(|field| format!("input.{field}"))
}
