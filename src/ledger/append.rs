//! Appending one entry to a batch, inside the writer's transaction.

use entity::ledger_entry;

use super::apply::apply;
use super::batch::Batch;
use super::write_health::ClockCheck;
use super::{command::Command, hash, preconditions};
use crate::error::{Error, Result};
use crate::input_errors::InputErrors;
use crate::model::time::Timestamp;

/// Checks a command against the recorded rows and adds its entry to the batch. For a command that was recorded before it
/// returns the first entry and changes nothing. The caller has loaded the rows that the command references.
/// # Errors
/// `Error::BadUserInput`, `Error::NotFound`, `Error::Conflict`, several of them, or `Error::ClockBehind`, with nothing changed; anything
/// else leaves the batch unusable.
pub(super) fn append<'b>(
    batch: &'b mut Batch,
    command: &Command,
    now: Timestamp,
    clock_check: ClockCheck,
) -> Result<&'b ledger_entry::Model> {
    let payload = command.payload.to_json()?;
    let mut errors = InputErrors::default();
    let is_recorded = check(batch, command, &payload, &mut errors);
    errors.into_result()?;
    if is_recorded {
        let first = batch.find_existing(&command.actor, &command.idempotency_key);
        return first.ok_or_else(|| Error::internal("a recorded entry is missing"));
    }
    let head = &batch.cache.head;
    clock_check.check(now, head.recorded_at)?;
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
    entry.hash = hash::hash_entry(&entry)?;
    // After the checks an error is not the command's, and the batch may contain a part of its rows.
    apply(batch, entry, &command.payload).map_err(Error::internal)
}

/// Adds every error of a command. Returns whether it was recorded before, with the same payload.
pub(super) fn check(
    batch: &Batch,
    command: &Command,
    payload: &str,
    errors: &mut InputErrors,
) -> bool {
    let (actor, key) = (&command.actor, &command.idempotency_key);
    if let Some(first) = batch.find_existing(actor, key) {
        let is_same = first.kind == command.payload.kind().as_ref() && first.payload == payload;
        if !is_same {
            errors.add(reused_key_error(key));
        }
        return is_same;
    }
    errors.check(command.date_check.clone());
    preconditions::check(batch, &command.payload, errors);
    false
}

fn reused_key_error(key: &str) -> Error {
    Error::conflict(
        "input.idempotencyKey",
        format!("`{key}` was already used with different content; use a new key"),
    )
}
