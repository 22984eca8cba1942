//! Import documents: one initiative, its sources and its statements, as a JSON file.
//!
//! Not here: whether a date is in the future (that needs a clock), and whether the ledger already has some of the items.
//! Invariant: a [`Document`] violates no rule of the format, which `data/README.md` describes.
//! Input is untrusted: the parser does not panic, recurse without bound, or take more than linear time.

mod fields;
mod json;
mod later;
pub mod lines;
pub mod order;
mod parse;
mod references;
mod source;
mod source_corrections;
mod statement;
#[cfg(test)]
mod tests;
mod values;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use later::{AddedEvidence, Retraction, Review};
pub use source_corrections::SourceCorrection;

use crate::model::source::SourceKind;
use crate::model::statement::{Body, Claimant, EvidenceRelation};

/// The versions of the format. A later one has everything of an earlier one, and keys that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Format {
    One,
    Two,
}

/// A document that may be imported. Dates are EDTF that [`crate::model::edtf::Edtf::parse_input`] accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    pub initiative: Initiative,
    /// An original comes before the sources that derive from it; otherwise in the order of the file.
    pub sources: Vec<Source>,
    /// In the order of the file, which is the order in which they became public.
    pub statements: Vec<Statement>,
    /// Recorded after the statements. Format 2.
    pub added_evidence: Vec<AddedEvidence>,
    /// Recorded last, but for those that a statement has to follow (see [`order`]). Format 2.
    pub retractions: Vec<Retraction>,
    /// Recorded after the statements and retractions. Format 2.
    pub source_corrections: Vec<SourceCorrection>,
    /// Recorded after all items. Format 2.
    pub reviews: Vec<Review>,
    /// What the document calls its edition. Recorded when all of it is. Format 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Items that the ledger has already, by their keys in an import, with their seqs: they are referenced and not recorded.
    #[serde(skip)]
    pub recorded: HashMap<String, i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Initiative {
    pub slug: String,
    pub title: String,
    /// ISO 3166-1 alpha-2 or `XK`, upper case.
    pub requesting_state: String,
    pub started_on: String,
    pub summary: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Unique among the sources of the document.
    pub key: String,
    pub kind: SourceKind,
    pub publisher: String,
    pub title: String,
    /// Absent for an original that is only known through its copies; no statement cites it directly.
    pub url: Option<String>,
    pub published_on: Option<String>,
    /// Two or three lower-case letters (ISO 639).
    pub language: String,
    /// Key of the source that this one copies or retells.
    pub derived_from: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// Unique among the statements of the document.
    pub key: String,
    pub subject: Subject,
    pub claimant: Claimant,
    pub valid_from: String,
    pub summary: String,
    pub body: Body,
    /// Never empty; at least one item has the relation `SUPPORTS`.
    pub evidence: Vec<Evidence>,
    /// Keys of earlier statements about the same subject.
    pub contradicts: Vec<String>,
    /// Key of an earlier statement about the same subject that no other statement corrects.
    pub corrects: Option<String>,
    pub note: Option<String>,
    /// Why it corrects. Format 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it keeps the disputes of what it corrects: in format 2, unless it says otherwise.
    #[serde(skip)]
    pub keeps_disputes: bool,
}

/// The subject of a statement. The kind is the only key of the JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// The requested state's code; the requesting state is the initiative's.
    Relationship(String),
    /// A country's code.
    Country(String),
    /// The document's own slug.
    Initiative(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Key of a source that has a URL.
    pub source: String,
    pub relation: EvidenceRelation,
    pub quote: Option<String>,
    pub locator: Option<String>,
    /// When the cited passage became public, if that is not when the source or an original of it did. Format 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_on: Option<String>,
}

/// One violation. `path` is for example `statements[12] (rw-agreed-2025-06-03).evidence[0].source`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct DocumentError {
    pub path: String,
    pub message: String,
    /// Of text that is not JSON; [`lines::Lines`] finds that of a path.
    pub line: Option<usize>,
}

/// Parses and checks a document.
/// # Errors
/// Every error that is not a consequence of another one. Text that is not JSON is one error, with line and column.
/// References between items are checked only if every item can be parsed, because each reference to a missing item would be
/// an error, too.
pub fn parse(text: &str) -> Result<Document, Vec<DocumentError>> {
    let value = json::parse_json(text).map_err(|error| vec![error])?;
    parse_value(&value, StatementOrder::Published)
}

/// As [`parse()`], of a document that a program made: its statements may be in another order than that of publication.
pub fn parse_in_any_order(value: &Value) -> Result<Document, Vec<DocumentError>> {
    parse_value(value, StatementOrder::Any)
}

/// The order in which statements must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StatementOrder {
    Published,
    Any,
}

fn parse_value(value: &Value, order: StatementOrder) -> Result<Document, Vec<DocumentError>> {
    let mut errors = Errors::default();
    let draft = parse::parse_draft(value, &mut errors);
    let is_readable = errors.0.is_empty();
    values::check(&draft, &mut errors);
    let parse::Draft {
        initiative,
        sources,
        statements,
        added_evidence,
        retractions,
        source_corrections,
        reviews,
        edition,
    } = draft;
    match initiative {
        Some(initiative) if is_readable => {
            let mut document = Document {
                initiative,
                sources: without_paths(sources),
                statements: without_paths(statements),
                added_evidence: without_paths(added_evidence),
                retractions: without_paths(retractions),
                source_corrections: without_paths(source_corrections),
                reviews: without_paths(reviews),
                edition,
                recorded: HashMap::new(),
            };
            document.sources = references::check(&document, order, &mut errors);
            errors.into_result(document)
        }
        _ => Err(errors.0),
    }
}

fn without_paths<T>(items: Vec<(String, T)>) -> Vec<T> {
    items.into_iter().map(|(_, item)| item).collect()
}

/// The JSON Schema of documents, for editors that complete and check while one writes. It refuses nothing that is accepted here.
pub const JSON_SCHEMA: &str = include_str!("../../../../data/document.schema.json");

/// Longest message, in characters; a message quotes the value, which may be the whole file.
const MAX_MESSAGE_CHARS: usize = 300;

#[derive(Default)]
struct Errors(Vec<DocumentError>);

impl Errors {
    fn add(&mut self, path: impl Into<String>, message: impl AsRef<str>) {
        self.0.push(DocumentError::new(path, message.as_ref()));
    }

    fn into_result(self, document: Document) -> Result<Document, Vec<DocumentError>> {
        if self.0.is_empty() {
            Ok(document)
        } else {
            Err(self.0)
        }
    }
}

impl DocumentError {
    /// Escapes control characters: messages are printed on terminals, where text from the file must not have an effect.
    pub(super) fn new(path: impl Into<String>, message: &str) -> Self {
        let mut escaped = String::new();
        for (index, character) in message.chars().enumerate() {
            if index == MAX_MESSAGE_CHARS {
                escaped.push('…');
                break;
            }
            if character.is_control() {
                escaped.extend(character.escape_default());
            } else {
                escaped.push(character);
            }
        }
        Self {
            path: path.into(),
            message: escaped,
            line: None,
        }
    }
}
