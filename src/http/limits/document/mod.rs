//! Document limits: rejects oversized documents and variables on every transport, before any expensive step.
//!
//! [`tokens`] checks the text before the parser runs, [`selections`] the parsed document before anything expands its
//! fragments, [`variables`] the variables of a request. The query cost by the schema is in `graphql/cost`.
//! Invariant: each check runs in linear time, and its recursion is bounded by a limit that was checked before.

pub mod canonical;
pub mod selections;
pub mod tokens;
pub mod variables;

use std::borrow::Cow;

use async_graphql::{
    ServerError,
    parser::{parse_query, types::ExecutableDocument},
};

use crate::config::limits::DocumentLimits;
use crate::http::response::graphql_error::{graphql_error, set_extension, with_code};

/// Parses a document and checks its limits.
/// # Errors
/// `QUERY_TOO_COMPLEX` beyond a limit, `GRAPHQL_PARSE_FAILED` if the syntax is not valid.
pub fn parse(document: &str, limits: &DocumentLimits) -> Result<ExecutableDocument, ServerError> {
    tokens::check_tokens(document, limits)?;
    let document = parse_query(document)
        .map_err(|error| with_code(ServerError::from(error), "GRAPHQL_PARSE_FAILED"))?;
    selections::check_selections(&document, limits)?;
    Ok(document)
}

/// Writes each line end as `\n` or `\r\n`: the parser counts no line at a carriage return alone (GraphQL, 2.1.3), so
/// that its positions would be wrong.
pub fn normalize_line_ends(document: &str) -> Cow<'_, str> {
    let is_alone = |at: usize| document.as_bytes().get(at + 1) != Some(&b'\n');
    if !document.match_indices('\r').any(|(at, _)| is_alone(at)) {
        return Cow::Borrowed(document);
    }
    Cow::Owned(document.replace("\r\n", "\n").replace('\r', "\n"))
}

/// `QUERY_TOO_COMPLEX` for an exceeded limit. `option` is the name of its option, `excess` names the value.
pub(crate) fn limit_error(option: &'static str, max: usize, excess: &str) -> ServerError {
    let message = format!("{excess}; the limit (--{option}) is {max}");
    let mut error = graphql_error("QUERY_TOO_COMPLEX", message);
    set_extension(&mut error, "limit", option);
    set_extension(&mut error, "max", max as u64);
    error
}
