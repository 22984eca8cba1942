//! Places in the ledger, as clients name them.

use entity::ledger_entry;
use sea_orm::EntityTrait;

use super::{Feed, missing};
use crate::error::{Error, Result};
use crate::model::cursor::{LedgerCursor, Place};

/// What is wrong with a text that names no place in any ledger.
pub const NO_CURSOR: &str = "is no cursor of a ledger";

impl Feed {
    /// The seq that a cursor names.
    /// # Errors
    /// `Error::CursorInvalid` for one that is not ours, of another ledger, ahead of this one, or of a history that was
    /// since rewritten. Nothing is ever skipped silently.
    pub async fn resolve(&self, field: &str, cursor: &str) -> Result<i64> {
        let Some(cursor) = LedgerCursor::parse(cursor) else {
            return Err(self.refuse(field, NO_CURSOR).await);
        };
        let hash = self.find_hash(cursor.seq).await?;
        match cursor.misfit(&self.generation, hash.as_deref()) {
            None => Ok(cursor.seq),
            Some(why) => Err(self.refuse(field, why).await),
        }
    }

    /// What a client is told of a cursor that cannot be honoured, with the place to go on from once it has read anew.
    pub async fn refuse(&self, field: &str, why: &str) -> Error {
        let seq = self.head();
        // It is refused even if the newest entry cannot be read.
        let hash = self.find_hash(seq).await.ok().flatten();
        let head = hash.map(|hash| Place::new(&self.generation, seq, hash));
        Error::ledger_cursor(field, why, head)
    }

    /// The cursor of a place that the tailer has read.
    /// # Errors
    /// `Error::Internal` if no entry is there.
    pub async fn cursor(&self, seq: i64) -> Result<LedgerCursor> {
        let hash = self.find_hash(seq).await?.ok_or_else(|| missing(seq))?;
        Ok(LedgerCursor::new(&self.generation, seq, &hash))
    }

    async fn find_hash(&self, seq: i64) -> Result<Option<String>> {
        if seq == 0 {
            return Ok(Some(self.genesis.to_string()));
        }
        if seq == self.origin.0 {
            return Ok(Some(self.origin.1.to_string()));
        }
        if let Some(event) = self.ring.find(seq) {
            return Ok(Some(event.entry.hash.clone()));
        }
        let entry = ledger_entry::Entity::find_by_id(seq);
        let entry = entry.one(self.database.reader()).await?;
        Ok(entry.map(|entry| entry.hash))
    }
}
