//! Access: what a connection may do.

use super::IfMissing;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    /// Opens the file itself read-only, so that nothing is created or changed.
    Inspect,
    Write(IfMissing),
}

impl Access {
    /// Prepared statements that a connection keeps: 100 is what sqlx keeps; a writer inserts different numbers of rows into many
    /// tables (`ledger/bulk_insert`).
    pub(super) fn cached_statements(self) -> usize {
        match self {
            Self::Read | Self::Inspect => 100,
            Self::Write(_) => 256,
        }
    }
}
