//! Where databases are made.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use sea_orm::DatabaseConnection;

use crate::Proven;
use crate::postgres::Postgres;

/// For a database to recover.
const PATIENCE: Duration = Duration::from_mins(1);

/// On which databases something is shown.
#[derive(Debug, Args)]
pub struct Databases {
    /// The only database.
    #[arg(long)]
    database: Option<Kind>,
    /// A PostgreSQL server to make databases in; without it, one is started.
    #[arg(long, env = "DEMARCHE_TEST_POSTGRES_URL")]
    postgres: Option<String>,
    /// If it is set to anything, it is a failure to leave PostgreSQL out.
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
    /// Says which is left out, and why.
    /// # Errors
    /// Why one is left out that must not be.
    pub fn find(&self) -> Proven<Vec<Backend>> {
        let mut backends = Vec::new();
        if self.database != Some(Kind::Postgres) {
            backends.push(Backend::Sqlite);
        }
        if self.database != Some(Kind::Sqlite) {
            match Postgres::find(self.postgres.as_deref()) {
                Ok(postgres) => backends.push(Backend::Postgres(postgres)),
                Err(why) if self.database.is_some() || self.postgres_required.is_some() => {
                    return Err(format!("there is no PostgreSQL: {why}"));
                }
                Err(why) => println!("LEFT OUT: everything on PostgreSQL: {why}"),
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

    /// The address of a new database; one of SQLite is a file in the directory.
    pub async fn make_database(&self, directory: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}/demarche.db", directory.display()),
            Self::Postgres(postgres) => postgres.make_database().await,
        }
    }
}

/// Where cargo keeps such things: a disk, which a directory for temporary files need not be. It goes when it is dropped.
pub fn make_directory() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// One connection; a database that recovers is waited for.
pub async fn connect(url: &str) -> DatabaseConnection {
    let begun = Instant::now();
    loop {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        match sea_orm::Database::connect(options).await {
            Ok(connection) => return connection,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{url}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
