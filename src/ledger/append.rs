//! Appending one entry to a batch, inside the writer's transaction.

use entity::ledger_entry;

use super::batch::Batch;
use super::{check, command::Command, hash};
use crate::error::{Error, Result};
use crate::model::time::Instant;

/// Checks a command against what is recorded and takes its entry on. A command that was recorded before gives its
/// first entry again and changes nothing. The batch has loaded what the command refers to.
/// # Errors
/// `Error::BadUserInput`, `Error::NotFound` or `Error::Conflict`, with nothing changed; anything else leaves the batch
/// unusable.
pub(super) fn append(
    batch: &mut Batch,
    command: &Command,
    now: Instant,
) -> Result<ledger_entry::Model> {
    let payload = command.payload.to_json()?;
    if let Some(first) = batch.find_recorded(&command.actor, &command.idempotency_key) {
        let is_same = first.kind == command.payload.kind().as_ref() && first.payload == payload;
        return if is_same {
            Ok(first.clone())
        } else {
            Err(reused(&command.idempotency_key))
        };
    }
    check::check(batch, &command.payload)?;
    let head = &batch.known.head;
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
    batch
        .take(entry.clone(), &command.payload)
        // Past the checks it is no fault of the command's, and some of it is taken on.
        .map_err(Error::internal)?;
    batch.remember(entry.clone());
    Ok(entry)
}

fn reused(key: &str) -> Error {
    Error::conflict(
        "input.idempotencyKey",
        format!("`{key}` was used before with another content"),
    )
}
