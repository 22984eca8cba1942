//! Temporary database of one case.

use sea_orm::ConnectionTrait;

use crate::backend::{Backend, create_directory};

/// The URL of a new database, and its directory.
pub struct TestDatabase {
    /// Deleted on drop.
    _directory: tempfile::TempDir,
    pub url: String,
}

impl TestDatabase {
    /// Creates an empty database.
    pub async fn new(backend: &Backend) -> Self {
        let directory = create_directory();
        let url = backend.create_database(directory.path()).await;
        Self {
            _directory: directory,
            url,
        }
    }

    /// Drops the database, because the server may be shared.
    pub async fn drop_database(self, backend: &Backend) {
        if let (Some(postgres), Some((_, name))) = (backend.postgres(), self.url.rsplit_once('/')) {
            let admin = postgres.admin().await;
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            admin.execute_unprepared(&drop).await.unwrap();
            admin.close().await.unwrap();
        }
    }
}
