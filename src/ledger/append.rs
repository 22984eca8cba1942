//! Appending one entry to a batch, inside the writer's transaction.

use entity::ledger_entry;

use super::apply::apply;
use super::batch::Batch;
use super::write_health::ClockCheck;
use super::{command::Command, hash, preconditions};
use crate::error::{Error, Result};
use crate::model::time::Timestamp;

/// Checks a command against the recorded rows and adds its entry to the batch. For a command that was recorded before it
/// returns the first entry and changes nothing. The caller has loaded the rows that the command references.
/// # Errors
/// `Error::BadUserInput`, `Error::NotFound`, `Error::Conflict` or `Error::ClockBehind`, with nothing changed; anything else leaves the batch
/// unusable.
pub(super) fn append<'b>(
    batch: &'b mut Batch,
    command: &Command,
    now: Timestamp,
    clock_check: ClockCheck,
) -> Result<&'b ledger_entry::Model> {
    let payload = command.payload.to_json()?;
    let (actor, key) = (&command.actor, &command.idempotency_key);
    let kind = command.payload.kind();
    let is_same =
        |first: &ledger_entry::Model| first.kind == kind.as_ref() && first.payload == payload;
    if let Some(is_same) = batch.find_existing(actor, key).map(is_same) {
        let first = batch.find_existing(actor, key).filter(|_| is_same);
        return first.ok_or_else(|| reused_key_error(key));
    }
    command.date_check.clone()?;
    preconditions::check(batch, &command.payload)?;
    let head = &batch.cache.head;
    clock_check.check(now, head.recorded_at)?;
    let mut entry = ledger_entry::Model {
        seq: head.seq + 1,
        kind: kind.as_ref().to_owned(),
        payload,
        actor: command.actor.clone(),
        idempotency_key: command.idempotency_key.clone(),
        recorded_at: head.recorded_at.map_or(now.0, |last| now.0.max(last + 1)),
        prev_hash: head.hash.clone(),
        hash: String::new(),
    };
    entry.hash = hash::hash_entry(&entry)?;
    // After the checks an error is not the command's, and the batch may contain a part of its rows.
    apply(batch, entry, &command.payload).map_err(Error::internal)
}

fn reused_key_error(key: &str) -> Error {
    Error::conflict(
        "input.idempotencyKey",
        format!("`{key}` was already used with different content; use a new key"),
    )
}
