//! The error type: a code that a client can act on, a message for the client, and the cause for the log.
//!
//! `database::error` classifies the errors of databases. SQL text never leaves the process.

use std::sync::Arc;

use sea_orm::DbErr;

use crate::model::cursor::LedgerTip;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One variant per reaction of a client; everything else is `Internal`.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// `field` is the path of the invalid input, for example `input.validFrom`.
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
    /// Several errors of one input, at least two; `input_errors` collects them.
    #[error("{} (and {} more)", .0[0], .0.len() - 1)]
    InputErrors(Vec<Self>),
    #[error("{0}")]
    Unauthenticated(&'static str),
    #[error("{0}")]
    Forbidden(&'static str),
    #[error("{field}: {message}")]
    CursorInvalid {
        field: String,
        message: String,
        head: Option<Box<LedgerTip>>,
    },
    #[error("the disk is full: nothing was written; reads still work")]
    StorageFull,
    /// The server's clock is behind the newest entry.
    #[error("{0}")]
    ClockBehind(String),
    #[error(
        "the database file was removed or replaced while the server runs: nothing was written; the operator must restart the server"
    )]
    FileReplaced,
    /// A standby, or a session that is set to read-only. The cause is for the log only.
    #[error(
        "the database is read-only: nothing was written; reads still work. The operator must point the server at the primary"
    )]
    ReadOnly(#[source] Arc<DbErr>),
    /// A deadlock or a serialization failure: the database undid this operation in favour of others. The cause is for the log only.
    #[error("the database gave way to concurrent operations; retry in a moment")]
    Contended(#[source] Arc<DbErr>),
    #[error("the database query took too long; request less data")]
    Timeout,
    /// More work than an operation may cause, known only from the data.
    #[error("{0}")]
    TooComplex(String),
    /// Only for a moment after the start.
    #[error(
        "the histories that answers about another moment need are still being loaded; retry in a moment"
    )]
    Loading,
    /// The cause is for the log only. A write may have been recorded; a retry with the same idempotency key returns its entry.
    #[error("the database is unreachable; retry in a moment")]
    Unavailable(#[source] Arc<DbErr>),
    /// The cause is for the log only.
    #[error("internal error; it has been logged")]
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

    /// Like [`Error::cursor`], with the head of the ledger, from which a client can continue.
    pub fn ledger_cursor(field: &str, message: &str, head: Option<LedgerTip>) -> Self {
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

    /// Like [`Error::not_found`], for an object that an input field references.
    pub fn not_found_input(
        field: impl Into<String>,
        what: &'static str,
        id: impl Into<String>,
    ) -> Self {
        Self::NotFound {
            what,
            id: id.into(),
            field: Some(field.into()),
        }
    }

    /// The same error at another path, if it is about one field of an input.
    #[must_use]
    pub fn map_field(self, map: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::BadUserInput { field, message } => Self::bad_input(map(field), message),
            Self::Conflict { field, message } => Self::conflict(map(field), message),
            Self::NotFound { what, id, field } => {
                Self::not_found_input(map(field.unwrap_or_default()), what, id)
            }
            Self::CursorInvalid {
                field,
                message,
                head,
            } => Self::CursorInvalid {
                field: map(field),
                message,
                head,
            },
            other => other,
        }
    }

    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// The value of `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadUserInput { .. } => "BAD_USER_INPUT",
            Self::NotFound { .. } => "NOT_FOUND",
            Self::Conflict { .. } => "CONFLICT",
            Self::InputErrors(errors) => errors[0].code(),
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::CursorInvalid { .. } => "CURSOR_INVALID",
            Self::StorageFull => "STORAGE_FULL",
            Self::Timeout => "TIMEOUT",
            Self::TooComplex(_) => "QUERY_TOO_COMPLEX",
            Self::ClockBehind(_)
            | Self::FileReplaced
            | Self::Loading
            | Self::ReadOnly(_)
            | Self::Contended(_)
            | Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL_SERVER_ERROR",
        }
    }

    /// The error with all its causes, outermost first: for the log, never for a client.
    pub fn cause_chain(&self) -> String {
        let first: &(dyn std::error::Error + 'static) = match self {
            Self::Internal(cause) => cause.as_ref(),
            Self::Unavailable(cause) | Self::ReadOnly(cause) | Self::Contended(cause) => {
                cause.as_ref()
            }
            Self::BadUserInput { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::InputErrors(_)
            | Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::CursorInvalid { .. }
            | Self::StorageFull
            | Self::ClockBehind(_)
            | Self::FileReplaced
            | Self::Loading
            | Self::TooComplex(_)
            | Self::Timeout => return self.to_string(),
        };
        let causes = std::iter::successors(Some(first), |error| error.source());
        let mut messages: Vec<String> = causes.map(ToString::to_string).collect();
        // Many errors include the text of their cause.
        messages.dedup_by(|cause, effect| effect.contains(cause.as_str()));
        messages.join(": ")
    }

    /// The value of `extensions.head`: the head of the ledger whose cursor was expected.
    pub fn head(&self) -> Option<&LedgerTip> {
        match self {
            Self::CursorInvalid { head, .. } => head.as_deref(),
            Self::BadUserInput { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::InputErrors(_)
            | Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::StorageFull
            | Self::ClockBehind(_)
            | Self::FileReplaced
            | Self::Loading
            | Self::TooComplex(_)
            | Self::Timeout
            | Self::ReadOnly(_)
            | Self::Contended(_)
            | Self::Unavailable(_)
            | Self::Internal(_) => None,
        }
    }

    /// The value of `extensions.field`.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::BadUserInput { field, .. }
            | Self::Conflict { field, .. }
            | Self::CursorInvalid { field, .. } => Some(field),
            Self::NotFound { field, .. } => field.as_deref(),
            Self::InputErrors(errors) => errors[0].field(),
            Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::StorageFull
            | Self::ClockBehind(_)
            | Self::FileReplaced
            | Self::Loading
            | Self::TooComplex(_)
            | Self::Timeout
            | Self::ReadOnly(_)
            | Self::Contended(_)
            | Self::Unavailable(_)
            | Self::Internal(_) => None,
        }
    }

    /// Whether the database failed, as opposed to rejecting the request.
    pub fn is_database_failure(&self) -> bool {
        matches!(
            self,
            Self::Internal(_)
                | Self::StorageFull
                | Self::ReadOnly(_)
                | Self::Contended(_)
                | Self::Unavailable(_)
        )
    }
}

/// Parses an enumeration value that the database stores; any other value is damage.
pub fn parse_stored<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| {
        Error::internal(format!(
            "the database contains `{text}`, which no version of demarche writes"
        ))
    })
}
