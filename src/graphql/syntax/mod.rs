//! Syntax of executable documents (GraphQL September 2025, section 2): text to the syntax tree of async-graphql.
//!
//! The parser of async-graphql 7.2.1 knows neither descriptions nor `\u{…}`, accepts what the specification rejects,
//! and recurses without limit. Invariant: linear time; the recursion depth is at most the limit of nesting; positions
//! are those of the text.

pub mod canonical;
mod lexer;
pub mod locations;
mod operations;
mod parser;
mod strings;
#[cfg(test)]
mod tests;
mod values;

use async_graphql::{Pos, parser::types::ExecutableDocument};

use crate::config::limits::DocumentLimits;

/// Errors that a response reports. More are of no use, and five thousand take half a megabyte.
pub(super) const MAX_ERRORS: usize = 100;

/// The name of the directive of live queries. Queries that differ only in its presence and arguments have the same answer.
pub const LIVE: &str = "live";

#[derive(Debug)]
pub struct ParsedDocument {
    pub document: ExecutableDocument,
    /// Duplicates that the syntax tree cannot hold. The document is not valid if there are any.
    pub duplicates: Vec<Duplicate>,
}

/// A definition or field of an input object that occurs twice.
#[derive(Debug, PartialEq, Eq)]
pub struct Duplicate {
    pub message: String,
    pub positions: Vec<Pos>,
}

/// What is wrong, and what is expected instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub message: String,
    pub pos: Pos,
}

#[derive(Debug, PartialEq, Eq)]
pub enum ParseError {
    Syntax(SyntaxError),
    /// The document exceeds a limit.
    Limit {
        /// Name of its option.
        option: &'static str,
        max: usize,
        /// Name of what is counted, in the plural.
        unit: &'static str,
    },
}

/// Parses a document and checks the limits that concern its text, except for its length.
/// # Errors
/// The first syntax error or the first limit that is exceeded, whichever comes first in the text.
pub fn parse(text: &str, limits: &DocumentLimits) -> Result<ParsedDocument, ParseError> {
    parser::Parser::new(text, limits)?.document()
}

impl From<SyntaxError> for ParseError {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}
