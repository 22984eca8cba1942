//! Appending one entry inside the writer's transaction.

use entity::{ledger_entry, ledger_head};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{check, command::Command, hash, head, payload::Payload, project};
use crate::error::{Error, Result};
use crate::model::time::Instant;

/// Checks a command against what is recorded, appends it and projects it. A command that was recorded before gives
/// its first entry again and writes nothing.
/// # Errors
/// `Error::BadUserInput`, `Error::NotFound` or `Error::Conflict`, with nothing written; anything else leaves the
/// transaction unusable.
pub async fn append(
    txn: &impl ConnectionTrait,
    command: &Command,
    now: Instant,
) -> Result<ledger_entry::Model> {
    let payload = command.payload.to_json()?;
    if let Some(first) = find(txn, &command.actor, &command.idempotency_key).await? {
        let is_same = first.kind == command.payload.kind().as_ref() && first.payload == payload;
        return if is_same {
            Ok(first)
        } else {
            Err(reused(&command.idempotency_key))
        };
    }
    check::check(txn, &command.payload).await?;
    let head = head::load(txn).await?;
    let mut entry = ledger_entry::Model {
        seq: head.seq + 1,
        kind: command.payload.kind().as_ref().to_owned(),
        payload,
        actor: command.actor.clone(),
        idempotency_key: command.idempotency_key.clone(),
        recorded_at: head.recorded_at.map_or(now.0, |last| now.0.max(last + 1)),
        prev_hash: head.hash.clone(),
        hash: String::new(),
    };
    entry.hash = hash::of(&entry)?;
    record(txn, head, &entry, &command.payload)
        .await
        .map_err(|error| match error {
            ours @ (Error::Internal(_) | Error::StorageFull) => ours,
            // Past the checks it is no fault of the command's, and some of it is written: undo the transaction.
            refusal => Error::internal(refusal),
        })?;
    Ok(entry)
}

/// Writes an entry, the head and every row that follows.
async fn record(
    txn: &impl ConnectionTrait,
    head: ledger_head::Model,
    entry: &ledger_entry::Model,
    payload: &Payload,
) -> Result<()> {
    insert(txn, entry).await?;
    head::advance(txn, head, entry).await?;
    project::project(txn, entry, payload).await
}

pub(super) async fn insert(txn: &impl ConnectionTrait, entry: &ledger_entry::Model) -> Result<()> {
    ledger_entry::Entity::insert(entry.clone().into_active_model())
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

async fn find(
    txn: &impl ConnectionTrait,
    actor: &str,
    key: &str,
) -> Result<Option<ledger_entry::Model>> {
    let found = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Actor.eq(actor))
        .filter(ledger_entry::Column::IdempotencyKey.eq(key));
    Ok(found.one(txn).await?)
}

fn reused(key: &str) -> Error {
    Error::conflict(
        "input.idempotencyKey",
        format!("`{key}` was used before with another content"),
    )
}
