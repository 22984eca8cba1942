//! Database backends: SQLite files, or databases on a PostgreSQL server.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use sea_orm::DatabaseConnection;

use crate::TestResult;
use crate::postgres::Postgres;

/// Maximum time for a database to recover.
const RECOVERY_TIMEOUT: Duration = Duration::from_mins(1);

/// Command-line options that select the databases.
#[derive(Debug, Args)]
pub struct Databases {
    /// Run on this database only.
    #[arg(long)]
    database: Option<Kind>,
    /// PostgreSQL server on which to create databases; without it, one is started.
    #[arg(long, env = "DEMARCHE_TEST_POSTGRES_URL")]
    postgres: Option<String>,
    /// If set to any value, fail instead of skipping PostgreSQL.
    #[arg(long, env = "DEMARCHE_TEST_POSTGRES_REQUIRED")]
    postgres_required: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

pub enum Backend {
    Sqlite,
    Postgres(Postgres),
}

impl Databases {
    /// Prints which backend is skipped, and why.
    /// # Errors
    /// A required backend is not available.
    pub fn list_available(&self) -> TestResult<Vec<Backend>> {
        let mut backends = Vec::new();
        if self.database != Some(Kind::Postgres) {
            backends.push(Backend::Sqlite);
        }
        if self.database != Some(Kind::Sqlite) {
            match Postgres::connect_or_start(self.postgres.as_deref()) {
                Ok(postgres) => backends.push(Backend::Postgres(postgres)),
                Err(reason) if self.database.is_some() || self.postgres_required.is_some() => {
                    return Err(format!("PostgreSQL is not available: {reason}"));
                }
                Err(reason) => println!("SKIPPED: all tests on PostgreSQL: {reason}"),
            }
        }
        Ok(backends)
    }
}

impl Backend {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    pub fn postgres(&self) -> Option<&Postgres> {
        match self {
            Self::Sqlite => None,
            Self::Postgres(postgres) => Some(postgres),
        }
    }

    /// URL of a new database; SQLite creates its file in `directory`.
    pub async fn create_database(&self, directory: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}/demarche.db", directory.display()),
            Self::Postgres(postgres) => postgres.create_database().await,
        }
    }
}

/// Temporary directory below cargo's target directory, which is on a disk; `/tmp` may be in memory. Deleted on drop.
pub fn create_directory() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Opens one connection; retries while the database recovers.
pub async fn connect(url: &str) -> DatabaseConnection {
    let started = Instant::now();
    loop {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        match sea_orm::Database::connect(options).await {
            Ok(connection) => return connection,
            Err(error) => assert!(started.elapsed() < RECOVERY_TIMEOUT, "{url}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
