//! Import documents: one initiative, its sources and its statements, as a JSON file.
//!
//! Not here: whether a date lies in the future (that needs a clock), and whether the ledger already holds some of it.
//! A [`Document`] exists only if no rule of the format is broken; the format is described in `data/README.md`.
//! Input is hostile: nothing in it makes us panic, recurse without bound, or take more than linear time.

mod fields;
mod json;
mod parse;
mod references;
mod statement;
#[cfg(test)]
mod tests;
mod values;

use serde::{Deserialize, Serialize};

use crate::model::source::SourceKind;
use crate::model::statement::{Body, Claimant, EvidenceRelation};

/// A document that may be imported. Dates are EDTF that [`crate::model::edtf::Edtf::parse`] accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    pub initiative: Initiative,
    /// An original stands before what derives from it; otherwise the order of the file.
    pub sources: Vec<Source>,
    /// In the order of the file, which is the order in which they became public.
    pub statements: Vec<Statement>,
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
    /// Absent for an original that is known through its copies only; no statement cites it directly.
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
    /// Never empty; at least one supports.
    pub evidence: Vec<Evidence>,
    /// Keys of earlier statements about the same subject.
    pub contradicts: Vec<String>,
    /// Key of an earlier statement about the same subject, which no other one corrects.
    pub corrects: Option<String>,
    pub note: Option<String>,
}

/// What a statement is about. The JSON form names the kind as its only key, as import documents do.
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
    /// Key of a source that has an address.
    pub source: String,
    pub relation: EvidenceRelation,
    pub quote: Option<String>,
    pub locator: Option<String>,
}

/// One broken rule. `path` is like `statements[12] (rw-agreed-2025-06-03).evidence[0].source`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Fault {
    pub path: String,
    pub message: String,
}

/// Reads a document.
/// # Errors
/// Every fault that can be told apart from the consequences of another: text that is not JSON is one fault, with line
/// and column; references between items are followed only once every item can be read, because an item that is
/// missing would be reported by all that name it.
pub fn parse(text: &str) -> Result<Document, Vec<Fault>> {
    let value = json::read(text).map_err(|fault| vec![fault])?;
    let mut faults = Faults::default();
    let draft = parse::read(&value, &mut faults);
    let readable = faults.0.is_empty();
    values::check(&draft, &mut faults);
    let parse::Draft {
        initiative,
        sources,
        statements,
    } = draft;
    match initiative {
        Some(initiative) if readable => {
            let mut document = Document {
                initiative,
                sources: sources.into_iter().map(|(_, source)| source).collect(),
                statements: statements.into_iter().map(|(_, it)| it).collect(),
            };
            document.sources = references::check(&document, &mut faults);
            faults.none_or(document)
        }
        _ => Err(faults.0),
    }
}

/// Longest message, in characters; a fault quotes what it found, and that may be the whole file.
const MESSAGE: usize = 300;

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, message: impl AsRef<str>) {
        self.0.push(Fault::new(path, message.as_ref()));
    }

    fn none_or(self, document: Document) -> Result<Document, Vec<Fault>> {
        if self.0.is_empty() {
            Ok(document)
        } else {
            Err(self.0)
        }
    }
}

impl Fault {
    /// Faults are printed on terminals: a control character from the file must not act there.
    fn new(path: impl Into<String>, message: &str) -> Self {
        let mut shown = String::new();
        for (at, character) in message.chars().enumerate() {
            if at == MESSAGE {
                shown.push('…');
                break;
            }
            if character.is_control() {
                shown.extend(character.escape_default());
            } else {
                shown.push(character);
            }
        }
        Self {
            path: path.into(),
            message: shown,
        }
    }
}
