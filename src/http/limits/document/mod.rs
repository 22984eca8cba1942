//! What is refused before anything expensive looks at it: on every transport, in linear time and without recursion over
//! what a client wrote.
//!
//! [`scan`] sees the text before the parser does, [`expansion`] the parsed document before anything walks its fragments,
//! [`variables`] what comes beside the document.
//! What an operation costs by the schema is in `graphql/cost`.

pub mod selections;
pub mod tokens;
pub mod variables;

use async_graphql::{
    ServerError,
    parser::{parse_query, types::ExecutableDocument},
};

use crate::config::limits::DocumentLimits;
use crate::http::response::graphql_error::{coded, error, set};

/// A document within the limits.
/// # Errors
/// `QUERY_TOO_COMPLEX` beyond a limit, `GRAPHQL_PARSE_FAILED` if it is no document.
pub fn parse(document: &str, limits: &DocumentLimits) -> Result<ExecutableDocument, ServerError> {
    tokens::check(document, limits)?;
    let document = parse_query(document)
        .map_err(|error| coded(ServerError::from(error), "GRAPHQL_PARSE_FAILED"))?;
    selections::check(&document, limits)?;
    Ok(document)
}

/// A document that exceeds a limit, by the name of its option.
pub(crate) fn excess(limit: &'static str, most: usize, what: &str) -> ServerError {
    let message = format!("the document {what}; the limit (--{limit}) is {most}");
    let mut refused = error("QUERY_TOO_COMPLEX", message);
    set(&mut refused, "limit", limit);
    set(&mut refused, "max", most as u64);
    refused
}
