//! Stub: replaced on merge.

use sea_orm::DatabaseConnection;

#[derive(Clone, Debug)]
pub struct Database(pub DatabaseConnection);

impl Database {
    pub fn reader(&self) -> &DatabaseConnection {
        &self.0
    }
}
