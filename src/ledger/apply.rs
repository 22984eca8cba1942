//! Applying one entry to a batch: its projection first, then the entry itself.

use entity::ledger_entry;

use super::batch::Batch;
use super::{payload::Payload, projection};
use crate::error::Result;

/// Adds to the batch the entry that follows its head, and every row that follows from it.
/// # Errors
/// `Error::Internal` if the entry does not fit what the batch holds; the batch is unusable then.
pub(super) fn apply<'b>(
    batch: &'b mut Batch,
    entry: ledger_entry::Model,
    payload: &Payload,
) -> Result<&'b ledger_entry::Model> {
    projection::project(batch, &entry, payload)?;
    Ok(batch.push(entry))
}
