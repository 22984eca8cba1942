//! Shared input types: scalars, points in time, sort directions and string filters.

pub mod moment;
pub mod order;
pub mod scalars;
pub mod string_filter;

use crate::error::{Error, Result};

/// Checks the length of a list whose items can be sent in several requests.
/// # Errors
/// `Error::BadUserInput` at `field` if it is longer than `limit`.
pub fn check_length(field: &str, length: usize, limit: usize) -> Result<()> {
    if length <= limit {
        return Ok(());
    }
    let message = format!(
        "has {length} items; at most {limit} are accepted, send the others in another request"
    );
    Err(Error::bad_input(field, message))
}
