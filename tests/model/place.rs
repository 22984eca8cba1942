//! Where databases are made, and one of them.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::Proven;
use crate::options::{Kind, Options};
use crate::postgres::Postgres;

/// For a database to answer.
const PATIENCE: Duration = Duration::from_mins(1);

pub enum Backend {
    Sqlite,
    Postgres(Postgres),
}

/// The databases to run on; says which is left out, and why.
/// # Errors
/// Why one is left out that must not be.
pub fn find_backends(options: &Options) -> Proven<Vec<Backend>> {
    let mut backends = Vec::new();
    if options.database != Some(Kind::Postgres) {
        backends.push(Backend::Sqlite);
    }
    if options.database != Some(Kind::Sqlite) {
        match Postgres::find(options.postgres.as_deref()) {
            Ok(postgres) => backends.push(Backend::Postgres(postgres)),
            Err(why) => {
                if options.database.is_some() || options.postgres_required.is_some() {
                    return Err(format!("PostgreSQL is left out: {why}"));
                }
                println!("LEFT OUT: everything on PostgreSQL: {why}");
            }
        }
    }
    Ok(backends)
}

impl Backend {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// A database of its own, and a directory for it.
pub struct Home {
    /// It goes when this is dropped.
    _directory: tempfile::TempDir,
    pub url: String,
}

impl Home {
    /// With nothing in it.
    pub async fn new(backend: &Backend) -> Self {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let url = match backend {
            Backend::Sqlite => format!("sqlite://{}/demarche.db", directory.path().display()),
            Backend::Postgres(postgres) => postgres.make_database().await,
        };
        Self {
            _directory: directory,
            url,
        }
    }

    /// Leaves nothing behind, on a server that may not be ours.
    pub async fn remove(self, backend: &Backend) {
        if let (Backend::Postgres(postgres), Some((_, name))) = (backend, self.url.rsplit_once('/'))
        {
            let admin = postgres.admin().await;
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            admin.execute_unprepared(&drop).await.unwrap();
            admin.close().await.unwrap();
        }
    }
}

/// One connection; a database that is still starting is waited for.
pub async fn connect(url: &str) -> DatabaseConnection {
    let begun = Instant::now();
    loop {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        match sea_orm::Database::connect(options).await {
            Ok(connection) => return connection,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{url}: {error}"),
        }
        tokio::task::yield_now().await;
    }
}
