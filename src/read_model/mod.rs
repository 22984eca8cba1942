//! Read model: all initiatives and relationships with their current positions, in memory, in the sort orders of lists.
//!
//! Their number grows with states and initiatives, not with history; a relationship takes about 2.5 kB with its sort positions.
//! The database remains the source of truth. The tailer copies each row that an entry changed before it publishes the entry.
//! Invariant: the read model is never older than the feed's head. It may be older than what another SQL statement reads at
//! the same time.

mod indexes;

use std::sync::Arc;

use entity::{initiative, relationship};
use parking_lot::{RwLock, RwLockReadGuard};
use sea_orm::{DatabaseConnection, EntityTrait};

use crate::error::Result;

pub use indexes::{IndexKey, Indexes, RelationshipSort, SortedRows};

/// Clones share the rows.
#[derive(Clone, Debug, Default)]
pub struct ReadModel(Arc<RwLock<Indexes>>);

impl ReadModel {
    /// Replaces all rows by those in the database.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn load(&self, db: &DatabaseConnection) -> Result<()> {
        let initiatives = initiative::Entity::find().all(db).await?;
        let relationships = relationship::Entity::find().all(db).await?;
        let mut indexes = Indexes::default();
        indexes.upsert(initiatives, relationships);
        *self.0.write() = indexes;
        Ok(())
    }

    /// Replaces rows, and adds those that are new.
    pub fn upsert(
        &self,
        initiatives: Vec<initiative::Model>,
        relationships: Vec<relationship::Model>,
    ) {
        let mut indexes = self.0.write();
        indexes.upsert(initiatives, relationships);
    }

    /// Locks the rows for reading. The tailer waits for the lock, so do not hold it over an await.
    pub fn read(&self) -> RwLockReadGuard<'_, Indexes> {
        self.0.read()
    }
}
