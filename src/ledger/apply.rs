//! Applying one entry to a batch: its projection first, then the entry itself.

use entity::ledger_entry;

use super::batch::Batch;
use super::{payload::Payload, projection};
use crate::error::Result;

/// Adds the next entry to the batch, with every row that is projected from it.
/// # Errors
/// `Error::Internal` if the entry is inconsistent with the rows of the batch; the batch is then unusable.
pub(super) fn apply<'b>(
    batch: &'b mut Batch,
    entry: ledger_entry::Model,
    payload: &Payload,
) -> Result<&'b ledger_entry::Model> {
    projection::apply(batch, &entry, payload)?;
    Ok(batch.push(entry))
}
