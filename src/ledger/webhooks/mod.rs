//! Webhooks as an operator manages them. They are not part of the ledger, so that they can be changed and removed.
//!
//! [`sending`] has what a server writes while it sends.

pub mod sending;

use entity::{initiative, ledger_entry, webhook, webhook_delivery};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait,
    FromQueryResult, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::error::{Error, Result};
use crate::ledger::head;
use crate::model::cursor::{CursorMismatch, LedgerCursor};
use crate::model::time::Timestamp;
use crate::model::webhook::WebhookCounts;
use crate::model::webhook::filter::WebhookFilter;
use crate::model::webhook::secret::Secret;

/// Webhooks of one database: each costs a server a task and two statements a second.
const MAX_WEBHOOKS: u64 = 100;

/// Creates a webhook that is sent the changes after `cursor`.
/// # Errors
/// `Error::NotFound` for an unknown initiative in the filter; `Error::Conflict` if there are too many webhooks.
pub async fn create(
    writer: &DatabaseConnection,
    url: &str,
    filter: &WebhookFilter,
    secret: &Secret,
    cursor: &LedgerCursor,
    now: Timestamp,
) -> Result<webhook::Model> {
    if webhook::Entity::find().count(writer).await? >= MAX_WEBHOOKS {
        let message = format!("there are {MAX_WEBHOOKS} webhooks already; remove one first");
        return Err(Error::conflict("url", message));
    }
    for slug in &filter.initiatives {
        let found = initiative::Entity::find().filter(initiative::Column::Slug.eq(slug));
        if found.one(writer).await?.is_none() {
            return Err(Error::not_found_input("initiative", "initiative", slug));
        }
    }
    let row = webhook::ActiveModel {
        url: Set(url.to_owned()),
        filter: Set(serde_json::to_string(filter).map_err(Error::internal)?),
        secret: Set(secret.reveal()),
        cursor: Set(cursor.to_string()),
        created_at: Set(now.0),
        deliveries: Set(0),
        failures: Set(0),
        ..Default::default()
    };
    Ok(row.insert(writer).await?)
}

pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<webhook::Model>> {
    let all = webhook::Entity::find().order_by_asc(webhook::Column::Id);
    Ok(all.all(db).await?)
}

/// # Errors
/// `Error::NotFound` for an unknown id.
pub async fn find(db: &impl ConnectionTrait, id: i64) -> Result<webhook::Model> {
    let row = webhook::Entity::find_by_id(id).one(db).await?;
    row.ok_or_else(|| Error::not_found("webhook", id.to_string()))
}

/// Pauses a webhook. Pausing it again leaves the first reason.
/// # Errors
/// As [`find`], for this and the following.
pub async fn pause(
    writer: &DatabaseConnection,
    id: i64,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    let row = find(writer, id).await?;
    if row.paused_at.is_none() {
        let mut row = row.into_active_model();
        row.paused_at = Set(Some(now.0));
        row.pause_reason = Set(Some(reason.to_owned()));
        row.update(writer).await?;
    }
    Ok(())
}

/// Resumes a webhook from its cursor, at once.
pub async fn resume(writer: &DatabaseConnection, id: i64) -> Result<()> {
    let mut row = find(writer, id).await?.into_active_model();
    row.paused_at = Set(None);
    row.pause_reason = Set(None);
    row.failures = Set(0);
    row.next_attempt_at = Set(None);
    row.update(writer).await?;
    Ok(())
}

/// Removes a webhook and its deliveries.
pub async fn remove(writer: &DatabaseConnection, id: i64) -> Result<()> {
    find(writer, id).await?;
    // SQLite enforces no cascade on connections that other tools have opened; ours do.
    webhook::Entity::delete_by_id(id).exec(writer).await?;
    Ok(())
}

/// Gives a webhook a new secret. Until `until`, each delivery has a signature by both.
pub async fn rotate(
    writer: &DatabaseConnection,
    id: i64,
    secret: &Secret,
    until: Timestamp,
) -> Result<()> {
    let row = find(writer, id).await?;
    let earlier = row.secret.clone();
    let mut row = row.into_active_model();
    row.secret = Set(secret.reveal());
    row.earlier_secret = Set(Some(earlier));
    row.earlier_secret_until = Set(Some(until.0));
    row.update(writer).await?;
    Ok(())
}

/// Sends the changes after a cursor, again or for the first time. A paused webhook stays paused.
/// # Errors
/// As [`find`]; `Error::CursorInvalid` for a cursor of another ledger.
pub async fn replay(writer: &DatabaseConnection, id: i64, cursor: &str) -> Result<LedgerCursor> {
    let row = find(writer, id).await?;
    let cursor = resolve_cursor(writer, cursor).await?;
    let mut row = row.into_active_model();
    row.cursor = Set(cursor.to_string());
    row.failures = Set(0);
    row.next_attempt_at = Set(None);
    row.update(writer).await?;
    Ok(cursor)
}

/// The cursor of the newest entry.
pub async fn head_cursor(db: &impl ConnectionTrait) -> Result<LedgerCursor> {
    let head = head::load_head(db).await?;
    Ok(LedgerCursor::new(&head.generation, head.seq, &head.hash))
}

/// Reads the cursor after which changes are sent.
/// # Errors
/// `Error::CursorInvalid` for a text that is not a cursor, and for a cursor of another ledger.
pub async fn resolve_cursor(db: &impl ConnectionTrait, text: &str) -> Result<LedgerCursor> {
    let invalid = |message| Error::cursor("after", message);
    let cursor = LedgerCursor::parse(text);
    let cursor = cursor.ok_or_else(|| invalid("not a valid ledger cursor"))?;
    let head = head::load_head(db).await?;
    let entry = ledger_entry::Entity::find_by_id(cursor.seq).one(db).await?;
    let hash = entry.map(|entry| entry.hash);
    let mismatch = cursor.mismatch(&head.generation, hash.as_deref());
    match mismatch.map(CursorMismatch::message) {
        None => Ok(cursor),
        Some(message) => Err(invalid(message)),
    }
}

/// The last deliveries of a webhook, oldest first.
pub async fn list_deliveries(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Vec<webhook_delivery::Model>> {
    find(db, id).await?;
    let all = webhook_delivery::Entity::find()
        .filter(webhook_delivery::Column::WebhookId.eq(id))
        .order_by_asc(webhook_delivery::Column::Number);
    Ok(all.all(db).await?)
}

/// Counts the webhooks.
pub async fn count(db: &impl ConnectionTrait) -> Result<WebhookCounts> {
    #[derive(FromQueryResult)]
    struct Row {
        is_paused: i32,
        is_failing: i32,
        count: i64,
    }
    let is_paused = Expr::cust("CASE WHEN paused_at IS NULL THEN 0 ELSE 1 END");
    let is_failing = Expr::cust("CASE WHEN failures = 0 THEN 0 ELSE 1 END");
    let rows = webhook::Entity::find()
        .select_only()
        .column_as(is_paused.clone(), "is_paused")
        .column_as(is_failing.clone(), "is_failing")
        .column_as(webhook::Column::Id.count(), "count")
        .group_by(is_paused)
        .group_by(is_failing);
    let mut counts = WebhookCounts::default();
    for row in rows.into_model::<Row>().all(db).await? {
        match (row.is_paused, row.is_failing) {
            (0, 0) => counts.active += row.count,
            (0, _) => counts.failing += row.count,
            _ => counts.paused += row.count,
        }
    }
    Ok(counts)
}
