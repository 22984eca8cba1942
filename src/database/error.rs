//! Database errors: classified by the codes of SQLite and PostgreSQL, here and nowhere else.

use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use super::file_size_limit;
use crate::error::Error;

/// <https://www.sqlite.org/rescode.html#full>
const SQLITE_FULL: &str = "13";
/// <https://www.sqlite.org/rescode.html#interrupt>
const SQLITE_INTERRUPT: &str = "9";
/// `disk_full`, <https://www.postgresql.org/docs/15/errcodes-appendix.html>
const POSTGRES_FULL: &str = "53100";
/// `query_canceled`: by `statement_timeout`.
const POSTGRES_CANCELED: &str = "57014";
/// `read_only_sql_transaction`.
const POSTGRES_READ_ONLY: &str = "25006";
/// `serialization_failure`
const POSTGRES_SERIALIZATION: &str = "40001";
/// `deadlock_detected`
const POSTGRES_DEADLOCK: &str = "40P01";
/// `lock_not_available`: by `lock_timeout`.
const POSTGRES_LOCKED: &str = "55P03";

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
            return Self::conflict(
                "input",
                "another entry was recorded at the same time; retry",
            );
        }
        let cause = match &error {
            DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => Arc::clone(cause),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => {
                return Self::Unavailable(Arc::new(error));
            }
            _ => return Self::internal(error),
        };
        match cause.as_ref() {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unavailable(Arc::new(error))
            }
            sqlx::Error::Database(database_error) => match database_error.code().as_deref() {
                Some(SQLITE_FULL | POSTGRES_FULL) => Self::StorageFull,
                Some(code) if is_sqlite_io_error(code) && file_size_limit::take_exceeded() => {
                    Self::StorageFull
                }
                Some(SQLITE_INTERRUPT | POSTGRES_CANCELED | POSTGRES_LOCKED) => Self::Timeout,
                Some(POSTGRES_READ_ONLY) => Self::ReadOnly(Arc::new(error)),
                Some(POSTGRES_SERIALIZATION | POSTGRES_DEADLOCK) => {
                    Self::Contended(Arc::new(error))
                }
                Some(code) if is_connection_failure(code) => Self::Unavailable(Arc::new(error)),
                _ => Self::internal(error),
            },
            _ => Self::internal(error),
        }
    }
}

impl Error {
    /// Whether SQLite could not write to its file for a reason that it does not tell.
    pub(crate) fn is_sqlite_io_error(&self) -> bool {
        let Self::Internal(cause) = self else {
            return false;
        };
        let Some(
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)),
        ) = cause.downcast_ref::<DbErr>()
        else {
            return false;
        };
        let code = cause
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        code.is_some_and(|code| is_sqlite_io_error(&code))
    }
}

/// Whether PostgreSQL is unreachable or has no free connection: `connection_exception`, and outside of that class
/// `too_many_connections`, `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`. SQLite's codes are shorter.
fn is_connection_failure(code: &str) -> bool {
    let is_connection_exception = code.len() == 5 && code.starts_with("08");
    is_connection_exception || ["53300", "57P01", "57P02", "57P03"].contains(&code)
}

/// `SQLITE_IOERR` with any extension in the upper bits: <https://www.sqlite.org/rescode.html#ioerr>. SQLSTATEs have five characters.
fn is_sqlite_io_error(code: &str) -> bool {
    let number = code.parse::<u32>().ok().filter(|_| code.len() < 5);
    number.is_some_and(|number| number & 0xff == 10)
}
