//! Sequence numbers in four bytes, of which a replay holds many.

use std::num::NonZeroU32;

use crate::error::{Error, Result};

/// The seq of an entry, and so the id of a row.
pub(super) type Seq = NonZeroU32;

/// # Errors
/// `Error::Internal` for a number that is not the seq of one of the first 2^32 entries.
pub(super) fn compact(seq: i64) -> Result<Seq> {
    let seq = u32::try_from(seq).ok().and_then(NonZeroU32::new);
    seq.ok_or_else(|| Error::internal("verify reads ledgers of at most 4,294,967,295 entries"))
}
