//! Trusted documents by ID (GraphQL over HTTP, Appendix A: Persisted Documents).
//!
//! They are read from a file at startup. The operator may require that clients send no other documents.

use std::{collections::HashMap, path::Path, sync::Arc};

use crate::{
    config::{access::AccessConfig, limits::DocumentLimits},
    error::{Error, Result},
};

use crate::http::limits::document;

/// The documents of the file, by ID.
#[derive(Debug, Default)]
pub(crate) struct TrustedDocuments {
    by_id: HashMap<String, Arc<str>>,
    /// Whether other documents are rejected.
    is_required: bool,
}

impl TrustedDocuments {
    /// Reads the configured file, if there is one.
    /// # Errors
    /// `Error::BadUserInput` if it cannot be read, is not a JSON object of strings, or contains a document that exceeds
    /// the document limits.
    pub(crate) fn load(access: &AccessConfig, limits: &DocumentLimits) -> Result<Self> {
        let by_id = match &access.trusted_documents {
            Some(path) => read_documents(path, limits)?,
            None => HashMap::new(),
        };
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
    let by_id: HashMap<String, Arc<str>> = serde_json::from_str::<HashMap<String, String>>(&text)
        .map_err(|error| error_in_file(error.to_string()))?
        .into_iter()
        .map(|(id, document)| (id, document.into()))
        .collect();
    for (id, document) in &by_id {
        let parsed = document::parse(document, limits)
            .map_err(|error| error_in_file(format!("`{id}`: {}", error.message)))?;
        if let Some(duplicate) = parsed.duplicates.first() {
            return Err(error_in_file(format!("`{id}`: {}", duplicate.message)));
        }
        if parsed.document.operations.iter().next().is_none() {
            return Err(error_in_file(format!("`{id}` contains no operation")));
        }
    }
    Ok(by_id)
}

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
            &format!(r#"{{"a":"{{{}}}"}}"#, "a ".repeat(3000)),
        ] {
            let error = load(text).unwrap_err();
            assert_eq!(error.field(), Some("trusted-documents"), "{text}");
        }
    }
}
