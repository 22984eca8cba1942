//! Addresses of databases, as operators give them.

use super::Missing;
use crate::error::Error;

pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// The operator's address is at fault more often than the database.
pub(super) fn unopened(url: &str, missing: Missing, error: Error) -> Error {
    if !error.is_of_database() {
        return error;
    }
    let hint = match missing {
        Missing::Refuse if !is_postgres(url) => " (it must exist)",
        Missing::Refuse | Missing::Make => "",
    };
    Error::bad_input(
        "database-url",
        format!("cannot open `{}`{hint}: {}", hidden(url), error.causes()),
    )
}

/// An address without its password: it goes to logs and screens.
pub fn hidden(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else {
        return url.to_owned();
    };
    if parsed.password().is_none() || parsed.set_password(Some("***")).is_err() {
        return url.to_owned();
    }
    parsed.to_string()
}
