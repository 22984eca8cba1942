//! One database, from its beginning to its end.

use sea_orm::ConnectionTrait;

use crate::backend::{Backend, make_directory};

/// A database of its own, and a directory for it.
pub struct Home {
    /// It goes when this is dropped.
    _directory: tempfile::TempDir,
    pub url: String,
}

impl Home {
    /// With nothing in it.
    pub async fn new(backend: &Backend) -> Self {
        let directory = make_directory();
        let url = backend.make_database(directory.path()).await;
        Self {
            _directory: directory,
            url,
        }
    }

    /// Leaves nothing behind, on a server that may not be ours.
    pub async fn remove(self, backend: &Backend) {
        if let (Some(postgres), Some((_, name))) = (backend.postgres(), self.url.rsplit_once('/')) {
            let admin = postgres.admin().await;
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            admin.execute_unprepared(&drop).await.unwrap();
            admin.close().await.unwrap();
        }
    }
}
