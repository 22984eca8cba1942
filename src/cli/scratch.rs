//! A scratch copy: `serve --scratch` serves a copy of a database that is deleted afterwards, to rehearse on.

use tempfile::TempDir;

use crate::config::Serve;
use crate::database::{self, Database, Diagnosis, is_postgres};
use crate::error::{Error, Result};
use crate::ledger::{backup, signing_key};
use crate::server;

/// The folder of a copy; dropping it deletes the copy.
pub(super) struct Scratch(TempDir);

impl Scratch {
    /// Copies the database of these options; the copy of one that does not exist is new.
    /// # Errors
    /// `Error::BadUserInput` for PostgreSQL, and for a database that cannot be copied.
    pub(super) async fn copy(options: &Serve) -> Result<Self> {
        let url = &options.database.database_url;
        if is_postgres(url) {
            let message = "a scratch copy is made of a SQLite database only; restore a backup into another PostgreSQL database";
            return Err(Error::bad_input("scratch", message));
        }
        if options.read_database_url.is_some() {
            let message = "is a replica of the database, not of its scratch copy; leave it out";
            return Err(Error::bad_input("read-database-url", message));
        }
        let folder = TempDir::with_prefix("demarche-scratch-").map_err(Error::internal)?;
        if Database::diagnose(url).await? != Diagnosis::Missing {
            let file = folder.path().join(FILE);
            backup::backup(url, &file, &server::new_generation()?).await?;
            let copy = database::open_copy(&file).await?;
            signing_key::remove(&copy).await?;
            copy.close().await.map_err(Error::from)?;
        }
        Ok(Self(folder))
    }

    /// The options with the copy as database.
    pub(super) fn options(&self, options: &Serve) -> Serve {
        let mut options = options.clone();
        let file = self.0.path().join(FILE);
        options.database.database_url = format!("sqlite://{}", file.display());
        options
    }
}

const FILE: &str = "scratch.db";
