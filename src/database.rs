//! The handle to the database that readers share.

use sea_orm::DatabaseConnection;

/// Cheap to clone; all clones share one pool.
#[derive(Clone, Debug)]
pub struct Database {
    reader: DatabaseConnection,
}

impl Database {
    pub fn new(reader: DatabaseConnection) -> Self {
        Self { reader }
    }

    /// For statements that only read.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }
}
