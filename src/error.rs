//! The one error: a code that a client can act on, a sentence for it, and the cause for the log.
//!
//! Only here does a database error get a meaning. Text of SQL never leaves the process.

use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::model::cursor::Place;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A variant per thing that a client does differently; everything else is `Internal`.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// `field` is the path of the input at fault, for example `input.validFrom`.
    #[error("{field}: {message}")]
    BadUserInput { field: String, message: String },
    #[error("{what} `{id}` not found")]
    NotFound {
        what: &'static str,
        id: String,
        field: Option<String>,
    },
    #[error("{field}: {message}")]
    Conflict { field: String, message: String },
    #[error("{0}")]
    Unauthenticated(&'static str),
    #[error("{0}")]
    Forbidden(&'static str),
    #[error("{field}: {message}")]
    CursorInvalid {
        field: String,
        message: String,
        head: Option<Box<Place>>,
    },
    #[error("the disk is full: nothing was written, reading goes on")]
    StorageFull,
    #[error("the database took too long; ask for less")]
    Timeout,
    /// The cause is for the log only. Of a write it is not known whether it was recorded: its idempotency key tells.
    #[error("the database cannot be reached just now; try again in a moment")]
    Unavailable(#[source] Arc<DbErr>),
    /// The cause is for the log only.
    #[error("an error of ours; it has been logged")]
    Internal(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn bad_input(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::BadUserInput {
            field: field.into(),
            message: message.into(),
        }
    }

    pub fn conflict(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Conflict {
            field: field.into(),
            message: message.into(),
        }
    }

    pub fn cursor(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::CursorInvalid {
            field: field.into(),
            message: message.into(),
            head: None,
        }
    }

    /// As [`Error::cursor`], of a ledger that ends at `head`.
    pub fn ledger_cursor(field: &str, message: &str, head: Option<Place>) -> Self {
        Self::CursorInvalid {
            field: field.to_owned(),
            message: message.to_owned(),
            head: head.map(Box::new),
        }
    }

    pub fn not_found(what: &'static str, id: impl Into<String>) -> Self {
        Self::NotFound {
            what,
            id: id.into(),
            field: None,
        }
    }

    /// As [`Error::not_found`], for something that an input names.
    pub fn unknown(field: impl Into<String>, what: &'static str, id: impl Into<String>) -> Self {
        Self::NotFound {
            what,
            id: id.into(),
            field: Some(field.into()),
        }
    }

    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    fn unavailable(cause: DbErr) -> Self {
        Self::Unavailable(Arc::new(cause))
    }

    /// What stands in `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadUserInput { .. } => "BAD_USER_INPUT",
            Self::NotFound { .. } => "NOT_FOUND",
            Self::Conflict { .. } => "CONFLICT",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::CursorInvalid { .. } => "CURSOR_INVALID",
            Self::StorageFull => "STORAGE_FULL",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL_SERVER_ERROR",
        }
    }

    /// What went wrong, down to the first cause: for the log, never for a client.
    pub fn causes(&self) -> String {
        let first: &(dyn std::error::Error + 'static) = match self {
            Self::Internal(cause) => cause.as_ref(),
            Self::Unavailable(cause) => cause.as_ref(),
            Self::BadUserInput { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::CursorInvalid { .. }
            | Self::StorageFull
            | Self::Timeout => return self.to_string(),
        };
        let causes = std::iter::successors(Some(first), |error| error.source());
        let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
        // Many tell their cause themselves.
        texts.dedup_by(|cause, effect| effect.contains(cause.as_str()));
        texts.join(": ")
    }

    /// What stands in `extensions.head`: where the ledger ends whose cursor it should have been.
    pub fn head(&self) -> Option<&Place> {
        match self {
            Self::CursorInvalid { head, .. } => head.as_deref(),
            Self::BadUserInput { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::StorageFull
            | Self::Timeout
            | Self::Unavailable(_)
            | Self::Internal(_) => None,
        }
    }

    /// What stands in `extensions.field`.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::BadUserInput { field, .. }
            | Self::Conflict { field, .. }
            | Self::CursorInvalid { field, .. } => Some(field),
            Self::NotFound { field, .. } => field.as_deref(),
            Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::StorageFull
            | Self::Timeout
            | Self::Unavailable(_)
            | Self::Internal(_) => None,
        }
    }

    /// Whether the database is at fault, and not what it was asked.
    pub fn is_of_database(&self) -> bool {
        matches!(
            self,
            Self::Internal(_) | Self::StorageFull | Self::Unavailable(_)
        )
    }
}

/// <https://www.sqlite.org/rescode.html#full>
const SQLITE_FULL: &str = "13";
/// <https://www.sqlite.org/rescode.html#interrupt>
const SQLITE_INTERRUPT: &str = "9";
/// `disk_full`, <https://www.postgresql.org/docs/15/errcodes-appendix.html>
const POSTGRES_FULL: &str = "53100";
/// `query_canceled`: by `statement_timeout`.
const POSTGRES_CANCELED: &str = "57014";
/// `lock_not_available`: by `lock_timeout`.
const POSTGRES_LOCKED: &str = "55P03";

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
            return Self::conflict(
                "input",
                "another entry was recorded at the same time; try again",
            );
        }
        let cause = match &error {
            DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => Arc::clone(cause),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return Self::unavailable(error),
            _ => return Self::internal(error),
        };
        match cause.as_ref() {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::unavailable(error)
            }
            sqlx::Error::Database(refusal) => match refusal.code().as_deref() {
                Some(SQLITE_FULL | POSTGRES_FULL) => Self::StorageFull,
                Some(SQLITE_INTERRUPT | POSTGRES_CANCELED | POSTGRES_LOCKED) => Self::Timeout,
                Some(code) if is_away(code) => Self::unavailable(error),
                _ => Self::internal(error),
            },
            _ => Self::internal(error),
        }
    }
}

/// Whether PostgreSQL cannot be reached, or has no connection left for us: `connection_exception`, and beyond that class
/// `too_many_connections`, `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`. Codes of SQLite are shorter.
fn is_away(code: &str) -> bool {
    let is_of_connection = code.len() == 5 && code.starts_with("08");
    is_of_connection || ["53300", "57P01", "57P02", "57P03"].contains(&code)
}

/// Reads a text of a closed set that we wrote ourselves; anything else is damage.
pub fn stored<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| {
        Error::internal(format!(
            "the database holds `{text}`, which no version wrote"
        ))
    })
}
