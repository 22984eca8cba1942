//! State of webhooks that are being sent: the lease by which one server of several sends, the deliveries, the cursor.
//!
//! A lease is measured by the clock of the database, which all servers share. Every other write requires that the webhook is
//! still leased and still has the cursor from which the server started: a replay by an operator wins.

use std::time::Duration;

use entity::{webhook, webhook_delivery};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait,
    QueryFilter, Set,
};

use crate::database;
use crate::error::Result;
use crate::model::time::Timestamp;

/// Deliveries that are stored for each webhook.
const STORED_DELIVERIES: i64 = 50;

/// One attempt to send a change.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub seq: i64,
    pub message_id: String,
    pub started_at: Timestamp,
    pub duration: Duration,
    pub status: Option<u16>,
    pub error: Option<String>,
}

/// What follows from an attempt.
#[derive(Clone, Debug)]
pub enum Next {
    /// The change was accepted; the next one comes after this cursor.
    Advance(String),
    /// The change is sent again at this time.
    Retry(Timestamp),
    /// The webhook is paused, for this reason.
    Pause(String),
}

/// The active webhooks that no server sends.
pub async fn list_unleased(db: &impl ConnectionTrait) -> Result<Vec<webhook::Model>> {
    let unleased = webhook::Entity::find()
        .filter(webhook::Column::PausedAt.is_null())
        .filter(is_unleased(db));
    Ok(unleased.all(db).await?)
}

/// Takes or extends the lease of an active webhook. Its row, or `None` if another server has it, if it is paused or removed.
pub async fn lease(
    writer: &DatabaseConnection,
    id: i64,
    owner: &str,
    duration: Duration,
) -> Result<Option<webhook::Model>> {
    let until = now(writer).add(micros(duration));
    let leased = webhook::Entity::update_many()
        .col_expr(webhook::Column::LeaseOwner, Expr::val(owner))
        .col_expr(webhook::Column::LeaseUntil, until)
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::PausedAt.is_null())
        .filter(is_unleased(writer).add(webhook::Column::LeaseOwner.eq(owner)));
    if leased.exec(writer).await?.rows_affected == 0 {
        return Ok(None);
    }
    Ok(webhook::Entity::find_by_id(id).one(writer).await?)
}

/// The row of an active webhook that is leased to `owner`.
pub async fn find_leased(
    db: &impl ConnectionTrait,
    id: i64,
    owner: &str,
) -> Result<Option<webhook::Model>> {
    let leased = webhook::Entity::find_by_id(id)
        .filter(webhook::Column::PausedAt.is_null())
        .filter(webhook::Column::LeaseOwner.eq(owner));
    Ok(leased.one(db).await?)
}

/// Gives up the lease of one webhook, so that another server, or the next run of this one, can send at once.
pub async fn release(writer: &DatabaseConnection, id: i64, owner: &str) -> Result<()> {
    let released = webhook::Entity::update_many()
        .col_expr(
            webhook::Column::LeaseOwner,
            Expr::val(Option::<String>::None),
        )
        .col_expr(webhook::Column::LeaseUntil, Expr::val(Option::<i64>::None))
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::LeaseOwner.eq(owner));
    released.exec(writer).await?;
    Ok(())
}

/// Moves the cursor past changes that do not match the filter.
pub async fn skip(writer: &DatabaseConnection, webhook: &webhook::Model, to: &str) -> Result<()> {
    let skipped = webhook::Entity::update_many()
        .col_expr(webhook::Column::Cursor, Expr::val(to))
        .filter(is_unchanged(webhook));
    skipped.exec(writer).await?;
    Ok(())
}

/// Pauses a webhook for a reason that is not a failed delivery.
pub async fn pause(
    writer: &DatabaseConnection,
    webhook: &webhook::Model,
    reason: &str,
    at: Timestamp,
) -> Result<()> {
    let paused = webhook::Entity::update_many()
        .col_expr(webhook::Column::PausedAt, Expr::val(at.0))
        .col_expr(webhook::Column::PauseReason, Expr::val(reason))
        .filter(is_unchanged(webhook));
    paused.exec(writer).await?;
    Ok(())
}

/// Stores an attempt and what follows from it. If the webhook was removed, replayed or leased to another server meanwhile, nothing
/// is stored.
pub async fn record(
    writer: &DatabaseConnection,
    webhook: &webhook::Model,
    delivery: &Delivery,
    next: &Next,
) -> Result<()> {
    let txn = database::begin(writer).await?;
    let update = webhook::Entity::update_many()
        .col_expr(
            webhook::Column::Deliveries,
            Expr::val(webhook.deliveries + 1),
        )
        .filter(is_unchanged(webhook));
    let failures = |count: i32| Expr::val(count);
    let no_time = || Expr::val(Option::<i64>::None);
    let update = match next {
        Next::Advance(cursor) => update
            .col_expr(webhook::Column::Cursor, Expr::val(cursor.as_str()))
            .col_expr(webhook::Column::Failures, failures(0))
            .col_expr(webhook::Column::NextAttemptAt, no_time()),
        Next::Retry(at) => update
            .col_expr(webhook::Column::Failures, failures(webhook.failures + 1))
            .col_expr(webhook::Column::NextAttemptAt, Expr::val(at.0)),
        Next::Pause(reason) => update
            .col_expr(webhook::Column::Failures, failures(webhook.failures + 1))
            .col_expr(webhook::Column::NextAttemptAt, no_time())
            .col_expr(
                webhook::Column::PausedAt,
                Expr::val(delivery.started_at.0 + micros(delivery.duration)),
            )
            .col_expr(webhook::Column::PauseReason, Expr::val(reason.as_str())),
    };
    if update.exec(&txn).await?.rows_affected == 0 {
        return Ok(txn.rollback().await?);
    }
    store_delivery(&txn, webhook, delivery).await?;
    // Not by `database::commit`: the ledger has no new entry.
    Ok(txn.commit().await?)
}

async fn store_delivery(
    txn: &impl ConnectionTrait,
    webhook: &webhook::Model,
    delivery: &Delivery,
) -> Result<()> {
    use webhook_delivery::Column;

    let number = webhook.deliveries + 1;
    let slot = i32::try_from(number % STORED_DELIVERIES).unwrap_or_default();
    let row = webhook_delivery::ActiveModel {
        webhook_id: Set(webhook.id),
        slot: Set(slot),
        number: Set(number),
        seq: Set(delivery.seq),
        message_id: Set(delivery.message_id.clone()),
        attempt: Set(webhook.failures + 1),
        started_at: Set(delivery.started_at.0),
        duration: Set(micros(delivery.duration)),
        status: Set(delivery.status.map(i32::from)),
        error: Set(delivery.error.clone()),
    };
    let replace = OnConflict::columns([Column::WebhookId, Column::Slot])
        .update_columns([
            Column::Number,
            Column::Seq,
            Column::MessageId,
            Column::Attempt,
            Column::StartedAt,
            Column::Duration,
            Column::Status,
            Column::Error,
        ])
        .to_owned();
    webhook_delivery::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Whether the webhook is still leased to the same server, and was not replayed.
fn is_unchanged(webhook: &webhook::Model) -> Condition {
    Condition::all()
        .add(webhook::Column::Id.eq(webhook.id))
        .add(webhook::Column::LeaseOwner.eq(webhook.lease_owner.clone()))
        .add(webhook::Column::Cursor.eq(webhook.cursor.as_str()))
        .add(webhook::Column::Deliveries.eq(webhook.deliveries))
}

fn is_unleased(db: &impl ConnectionTrait) -> Condition {
    let until = Expr::col(webhook::Column::LeaseUntil);
    Condition::any()
        .add(webhook::Column::LeaseOwner.is_null())
        .add(until.lt(now(db)))
}

/// The clock of the database, in microseconds since 1970.
fn now(db: &impl ConnectionTrait) -> Expr {
    Expr::cust(match db.get_database_backend() {
        DbBackend::Postgres => "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
        _ => "CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
    })
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
