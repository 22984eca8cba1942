//! Document limits: rejects oversized documents and variables on every transport, before any expensive step.
//!
//! The parser checks the limits that concern the text, [`selections`] checks the parsed document before anything
//! expands its fragments, [`variables`] the variables of a request. The query cost by the schema is in `graphql/cost`.
//! Invariant: each check runs in linear time, and its recursion is bounded by a limit that was checked before.

pub mod selections;
pub mod variables;

use async_graphql::ServerError;

use crate::config::limits::DocumentLimits;
use crate::graphql::syntax::{self, ParseError, ParsedDocument, SyntaxError};
use crate::http::response::graphql_error::{graphql_error, set_extension, with_code};

/// Parses a document and checks its limits.
/// # Errors
/// `QUERY_TOO_COMPLEX` beyond a limit, `GRAPHQL_PARSE_FAILED` if the syntax is not valid.
pub fn parse(text: &str, limits: &DocumentLimits) -> Result<ParsedDocument, ServerError> {
    check_length(text, limits)?;
    let parsed = syntax::parse(text, limits).map_err(|error| match error {
        ParseError::Syntax(error) => syntax_error(error),
        ParseError::Limit { option, max, unit } => {
            // The parser stops at the first excess, so the document may have more.
            let excess = format!("the document has more than {max} {unit}");
            limit_error(option, max, &excess)
        }
    })?;
    selections::check_selections(&parsed.document, limits)?;
    Ok(parsed)
}

/// The canonical text of a document that is not too long.
/// # Errors
/// As [`parse`], which accepts or rejects all documents with this canonical text alike.
pub fn canonical_text(text: &str, limits: &DocumentLimits) -> Result<String, ServerError> {
    check_length(text, limits)?;
    syntax::canonical::canonical_text(text).map_err(syntax_error)
}

fn check_length(text: &str, limits: &DocumentLimits) -> Result<(), ServerError> {
    if text.len() <= limits.bytes {
        return Ok(());
    }
    let excess = format!("the document has {} bytes", text.len());
    Err(limit_error("max-document-bytes", limits.bytes, &excess))
}

fn syntax_error(SyntaxError { message, pos }: SyntaxError) -> ServerError {
    let message = format!("syntax error: {message}");
    with_code(ServerError::new(message, Some(pos)), "GRAPHQL_PARSE_FAILED")
}

/// `QUERY_TOO_COMPLEX` for an exceeded limit. `option` is the name of its option, `excess` names the value.
pub(crate) fn limit_error(option: &'static str, max: usize, excess: &str) -> ServerError {
    let message = format!("{excess}; the limit (--{option}) is {max}");
    let mut error = graphql_error("QUERY_TOO_COMPLEX", message);
    set_extension(&mut error, "limit", option);
    set_extension(&mut error, "max", max as u64);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_too_long_is_rejected_before_it_is_read() {
        let limits = DocumentLimits::default();
        let fits = format!("{{a}}{}", " ".repeat(limits.bytes - 3));
        assert!(parse(&fits, &limits).is_ok());
        assert!(canonical_text(&fits, &limits).is_ok());
        let exceeds = "\"".repeat(limits.bytes + 1);
        for error in [
            parse(&exceeds, &limits).unwrap_err(),
            canonical_text(&exceeds, &limits).unwrap_err(),
        ] {
            let limit = error.extensions.unwrap();
            assert_eq!(limit.get("limit"), Some(&"max-document-bytes".into()));
        }
    }
}
