//! Database URLs.

use super::{IfMissing, sqlite_open_error};
use crate::error::{Error, Result};

pub fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// Checks that a URL is SQLite's or PostgreSQL's.
pub(super) fn check_scheme(url: &str) -> Result<()> {
    if url.starts_with("sqlite:") || is_postgres(url) {
        return Ok(());
    }
    Err(Error::bad_input(
        "database-url",
        format!(
            "`{}` is not a valid database URL; it must start with sqlite: or postgres:",
            redact_password(url)
        ),
    ))
}

/// Converts a failure to open a database into a user error that names the URL: the URL is wrong more often than the database.
pub(super) fn open_error(url: &str, missing: IfMissing, error: Error) -> Error {
    if !error.is_database_failure() {
        return error;
    }
    let reason = if is_postgres(url) {
        error.cause_chain()
    } else {
        sqlite_open_error::explain(url, missing, &error)
    };
    let url = redact_password(url);
    Error::bad_input("database-url", format!("cannot open `{url}`: {reason}"))
}

/// A URL without its password, for logs and screens.
pub fn redact_password(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else {
        return url.to_owned();
    };
    if parsed.password().is_none() || parsed.set_password(Some("***")).is_err() {
        return url.to_owned();
    }
    parsed.to_string()
}
