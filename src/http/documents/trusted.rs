//! Trusted documents by ID (GraphQL over HTTP, Appendix A: Persisted Documents).
//!
//! They are those of the server's own pages, and those of a file that is read at startup. The operator may require that clients send no other documents.

use std::{collections::HashMap, path::Path, sync::Arc};

use crate::{
    config::{access::AccessConfig, limits::DocumentLimits},
    error::{Error, Result},
};

use super::built_in;
use super::manifest::read_manifest;
use crate::http::limits::document;

/// The documents of the pages and of the file, by ID.
#[derive(Debug, Default)]
pub(crate) struct TrustedDocuments {
    by_id: HashMap<String, Arc<str>>,
    /// Whether other documents are rejected.
    is_required: bool,
}

impl TrustedDocuments {
    /// Reads the configured file, if there is one.
    /// # Errors
    /// `Error::BadUserInput` if it cannot be read, is not a manifest, or contains a document that exceeds
    /// the document limits.
    pub(crate) fn load(access: &AccessConfig, limits: &DocumentLimits) -> Result<Self> {
        let mut by_id = built_in::documents();
        if let Some(path) = &access.trusted_documents {
            by_id.extend(read_documents(path, limits)?);
        }
        Ok(Self {
            by_id,
            is_required: access.only_trusted,
        })
    }

    pub(crate) fn find(&self, id: &str) -> Option<&str> {
        // Apollo clients send the digest without its algorithm.
        let prefixed = || self.by_id.get(&format!("sha256:{id}"));
        self.by_id.get(id).or_else(prefixed).map(AsRef::as_ref)
    }

    pub(crate) fn is_required(&self) -> bool {
        self.is_required
    }
}

fn read_documents(path: &Path, limits: &DocumentLimits) -> Result<HashMap<String, Arc<str>>> {
    let error_in_file = |message: String| {
        Error::bad_input(
            "trusted-documents",
            format!("{}: {message}", path.display()),
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| error_in_file(error.to_string()))?;
    let documents = read_manifest(&text).map_err(error_in_file)?;
    let mut errors: Vec<String> = documents
        .iter()
        .filter_map(|(id, document)| {
            let (line, message) = find_violation(document, limits)?;
            Some(format!("`{id}`, line {line}: {message}"))
        })
        .collect();
    if !errors.is_empty() {
        errors.sort();
        errors.truncate(MAX_ERRORS);
        return Err(error_in_file(format!(
            "the server does not start with invalid documents: {}",
            errors.join("; ")
        )));
    }
    let documents = documents.into_iter();
    Ok(documents
        .map(|(id, document)| (id, document.into()))
        .collect())
}

/// Line and message of the first error of a document.
fn find_violation(document: &str, limits: &DocumentLimits) -> Option<(usize, String)> {
    let parsed = match document::parse(document, limits) {
        Ok(parsed) => parsed,
        Err(error) => {
            let line = error.locations.first().map_or(1, |at| at.line);
            return Some((line, error.message));
        }
    };
    if let Some(duplicate) = parsed.duplicates.into_iter().next() {
        let line = duplicate.positions.last().map_or(1, |at| at.line);
        return Some((line, duplicate.message));
    }
    let has_operation = parsed.document.operations.iter().next().is_some();
    (!has_operation).then(|| (1, "it contains no operation".to_owned()))
}

/// Invalid documents that an error names.
const MAX_ERRORS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<TrustedDocuments> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let access = AccessConfig {
            trusted_documents: Some(file.path().to_owned()),
            only_trusted: true,
            ..AccessConfig::default()
        };
        TrustedDocuments::load(&access, &DocumentLimits::default())
    }

    #[test]
    fn a_document_is_found_by_its_id() {
        let trusted = load(r#"{"agreed":"{a}","sha256:abc":"{b}"}"#).unwrap();
        assert_eq!(trusted.find("agreed"), Some("{a}"));
        assert_eq!(trusted.find("abc"), Some("{b}"));
        assert_eq!(trusted.find("sha256:agreed"), None);
        assert!(trusted.is_required());
    }

    #[test]
    fn an_invalid_file_prevents_startup() {
        for text in [
            "",
            "[]",
            r#"{"a":1}"#,
            r#"{"a":"{"}"#,
            r#"{"a":"fragment F on Query{a}"}"#,
            r#"{"a":"query A{a} query A{b}"}"#,
            r#"{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"a","body":"{"}]}"#,
            &format!(r#"{{"a":"{{{}}}"}}"#, "a ".repeat(3000)),
        ] {
            let error = load(text).unwrap_err();
            assert_eq!(error.field(), Some("trusted-documents"), "{text}");
        }
    }
}
