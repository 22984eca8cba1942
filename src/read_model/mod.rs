//! All initiatives and relationships with their positions of now, in memory, in the orders that lists offer.
//!
//! They grow with states and initiatives and not with history, and nearly every question asks for some of them: some
//! 2.5 kB each with their places in all orders. The database stays what counts; the tailer copies each row that an entry touched, before it
//! lets anybody know of the entry. So what is read here is never older than the feed's head, and may be older than
//! what another statement reads from the database in the same moment.

mod indexes;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use entity::{initiative, relationship};
use sea_orm::{DatabaseConnection, EntityTrait};

use crate::error::Result;

pub use indexes::{End, Order, Ordered, Rows};

/// Clones are one board.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<RwLock<Rows>>);

impl Board {
    /// Reads everything anew.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn load(&self, db: &DatabaseConnection) -> Result<()> {
        let initiatives = initiative::Entity::find().all(db).await?;
        let relationships = relationship::Entity::find().all(db).await?;
        let mut rows = Rows::default();
        rows.put(initiatives, relationships);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rows;
        Ok(())
    }

    /// Replaces rows, and adds those that are new.
    pub fn put(
        &self,
        initiatives: Vec<initiative::Model>,
        relationships: Vec<relationship::Model>,
    ) {
        let mut rows = self.0.write().unwrap_or_else(PoisonError::into_inner);
        rows.put(initiatives, relationships);
    }

    /// Holds up the tailer while it is held: not over an await.
    pub fn read(&self) -> RwLockReadGuard<'_, Rows> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
