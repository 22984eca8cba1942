//! Diagnosis: whether a server could use a database, without changing it.

use sea_orm::{DatabaseConnection, DbBackend};

use super::connection::connect_once;
use super::url::{check_scheme, is_postgres, open_error, redact_password};
use super::{Access, Database, IfMissing, Purpose, inspect_structure, postgres, schema, sqlite};
use crate::error::Result;

/// The state of a database that a server could use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diagnosis {
    Current,
    /// There is none; a server creates it.
    Missing,
    /// A server runs migrations, all of them in an empty database.
    Behind,
}

impl Database {
    /// One connection to an existing, current database, which it neither migrates nor changes.
    /// # Errors
    /// `Error::BadUserInput` for a database that cannot be opened, or that does not have the tables of this version.
    pub async fn inspect(url: &str) -> Result<DatabaseConnection> {
        check_scheme(url)?;
        let connection = connect_once(url, Access::Inspect).await;
        let connection = connection.map_err(|error| open_error(url, IfMissing::Fail, error))?;
        schema::assert_current(&connection, &redact_password(url)).await?;
        Ok(connection)
    }

    /// Checks a database as [`Database::open`] would find it, and its ledger's head. It neither creates nor changes anything.
    /// # Errors
    /// As [`Database::open`], except for a database that a server creates or migrates.
    pub async fn diagnose(url: &str) -> Result<Diagnosis> {
        check_scheme(url)?;
        if !is_postgres(url) && sqlite::is_missing(url) {
            return Ok(Diagnosis::Missing);
        }
        let connection = if !is_postgres(url) && sqlite::is_closed(url) {
            sqlite::connect_immutable(url).await
        } else {
            connect_once(url, Access::Inspect).await
        };
        let connection = connection.map_err(|error| open_error(url, IfMissing::Fail, error))?;
        if connection.get_database_backend() == DbBackend::Postgres {
            postgres::assert_server(&connection, Purpose::Serve).await?;
        }
        let diagnosis = schema::diagnose(&connection).await?;
        if diagnosis == Diagnosis::Current {
            inspect_structure(&connection).await?.check()?;
        }
        connection.close().await?;
        Ok(diagnosis)
    }
}
