//! Whether the tables are those that this program needs.

use migration::State;

use super::Database;
use crate::error::Result;

impl Database {
    /// Whether every migration that we know has been run. A later version may have added some of its own: it adds before
    /// it takes away, so that we can go on until it has replaced us.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn is_current(&self) -> Result<bool> {
        Ok(match migration::state(self.watcher()).await? {
            State::Current | State::Newer(_) => true,
            State::Behind => false,
        })
    }
}
