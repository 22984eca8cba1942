//! Ledger cursors: resolving a client's cursor to a seq, and issuing cursors. A cursor that does not belong to this ledger's
//! history is rejected, so that nothing is skipped silently.

use std::time::Duration;

use entity::ledger_entry;
use sea_orm::EntityTrait;
use tokio::time::timeout;

use super::Feed;
use super::ledger_events::missing_entry;
use crate::error::{Error, Result};
use crate::model::cursor::{CursorMismatch, LedgerCursor, LedgerTip};
use crate::model::pin::{Pin, PinRequest};
use crate::model::time::Timestamp;

/// The message for a text that is not a ledger cursor.
pub const NOT_A_CURSOR: &str = "not a valid ledger cursor; use a cursor that this server returned, or refetch and continue from `extensions.head.cursor`";

/// Longest wait for the tailer to reach an entry.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(1);

impl Feed {
    /// The seq that a cursor names.
    /// # Errors
    /// `Error::CursorInvalid` for a text that is not a cursor, and for a cursor of another ledger, ahead of this one, or of a
    /// history that was rewritten since.
    pub async fn resolve(&self, field: &str, cursor: &str) -> Result<i64> {
        let Some(cursor) = LedgerCursor::parse(cursor) else {
            return Err(self.cursor_error(field, NOT_A_CURSOR).await);
        };
        match self.find_mismatch(&cursor).await? {
            None => Ok(cursor.seq),
            Some(mismatch) => Err(self.cursor_error(field, mismatch.message()).await),
        }
    }

    /// The reason why a cursor does not belong to this ledger, if so.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn find_mismatch(&self, cursor: &LedgerCursor) -> Result<Option<CursorMismatch>> {
        let hash = self.find_hash(cursor.seq).await?;
        Ok(cursor.mismatch(&self.generation, hash.as_deref()))
    }

    /// The state of the ledger that a client requests. Waits a moment for an entry that another server has written.
    /// # Errors
    /// `Error::CursorInvalid` for an entry that does not exist yet, and for another generation.
    pub async fn find_pin(&self, request: &PinRequest) -> Result<Pin> {
        let PinRequest { seq, generation } = request;
        let is_other = |generation: &String| **generation != *self.generation;
        if let Some(generation) = generation.as_ref().filter(|one| is_other(one)) {
            let message = format!(
                "`{generation}` is not the generation of this ledger, which is `{}`: it is another ledger, or it was restored since; leave it out to pin the same seq of this one",
                self.generation
            );
            return Err(self.cursor_error("generation", &message).await);
        }
        let entry = self.find_entry(*seq).await?;
        if entry.is_some() && self.head() < *seq {
            drop(timeout(CATCH_UP_TIMEOUT, self.wait_for(*seq)).await);
        }
        let Some(entry) = entry.filter(|_| self.head() >= *seq) else {
            let message = format!(
                "{seq} is ahead of this ledger, whose newest entry is {}; use a seq from 1 to that one",
                self.head()
            );
            return Err(self.cursor_error("seq", &message).await);
        };
        Ok(Pin {
            seq: *seq,
            recorded_at: Timestamp(entry.recorded_at),
            hash: entry.hash.into(),
        })
    }

    async fn find_entry(&self, seq: i64) -> Result<Option<ledger_entry::Model>> {
        if let Some(event) = self.ring_buffer.find(seq) {
            return Ok(Some(event.entry.clone()));
        }
        let entry = ledger_entry::Entity::find_by_id(seq);
        Ok(entry.one(self.database.reader()).await?)
    }

    /// The error for a cursor that cannot be resolved, with the head, from which the client can continue after it refetched.
    pub async fn cursor_error(&self, field: &str, message: &str) -> Error {
        let seq = self.head();
        // The error is returned even if the newest entry cannot be read.
        let hash = self.find_hash(seq).await.ok().flatten();
        let head = hash.map(|hash| LedgerTip::new(&self.generation, seq, hash));
        Error::ledger_cursor(field, message, head)
    }

    /// The cursor at `seq`, which the tailer has read.
    /// # Errors
    /// `Error::Internal` if there is no entry with this seq.
    pub async fn cursor(&self, seq: i64) -> Result<LedgerCursor> {
        let hash = self
            .find_hash(seq)
            .await?
            .ok_or_else(|| missing_entry(seq))?;
        Ok(LedgerCursor::new(&self.generation, seq, &hash))
    }

    async fn find_hash(&self, seq: i64) -> Result<Option<String>> {
        if seq == 0 {
            return Ok(Some(self.genesis.to_string()));
        }
        if seq == self.origin.0 {
            return Ok(Some(self.origin.1.to_string()));
        }
        Ok(self.find_entry(seq).await?.map(|entry| entry.hash))
    }
}
