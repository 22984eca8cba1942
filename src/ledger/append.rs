//! Appending one entry to a batch, inside the writer's transaction.

use entity::ledger_entry;

use super::apply::apply;
use super::batch::Batch;
use super::{command::Command, hash, preconditions};
use crate::error::{Error, Result};
use crate::model::time::Instant;

/// Checks a command against what is recorded and takes its entry on. A command that was recorded before gives its
/// first entry again and changes nothing. The batch has loaded what the command refers to.
/// # Errors
/// `Error::BadUserInput`, `Error::NotFound` or `Error::Conflict`, with nothing changed; anything else leaves the batch
/// unusable.
pub(super) fn append<'b>(
    batch: &'b mut Batch,
    command: &Command,
    now: Instant,
) -> Result<&'b ledger_entry::Model> {
    let payload = command.payload.to_json()?;
    let (actor, key) = (&command.actor, &command.idempotency_key);
    let kind = command.payload.kind();
    let is_same =
        |first: &ledger_entry::Model| first.kind == kind.as_ref() && first.payload == payload;
    if let Some(is_same) = batch.find_recorded(actor, key).map(is_same) {
        let first = batch.find_recorded(actor, key).filter(|_| is_same);
        return first.ok_or_else(|| reused(key));
    }
    command.begun.clone()?;
    preconditions::check(batch, &command.payload)?;
    let head = &batch.known.head;
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
    entry.hash = hash::of(&entry)?;
    // Past the checks it is no fault of the command's, and some of it is taken on.
    apply(batch, entry, &command.payload).map_err(Error::internal)
}

fn reused(key: &str) -> Error {
    Error::conflict(
        "input.idempotencyKey",
        format!("`{key}` was used before with another content"),
    )
}
