//! Documents that the operator vouches for, by their id (GraphQL over HTTP, Appendix A: Persisted Documents).

use std::{collections::HashMap, path::Path, sync::Arc};

use crate::{
    config::{access::Doors, limits::DocumentLimits},
    error::{Error, Result},
};

use crate::http::limits::document;

/// Which documents may be asked for.
#[derive(Debug, Default)]
pub(crate) struct TrustedDocuments {
    by_id: HashMap<String, Arc<str>>,
    /// Whether nothing else may.
    only: bool,
}

impl TrustedDocuments {
    /// Reads the file that the doors name, if they do.
    /// # Errors
    /// `Error::BadUserInput` if it cannot be read, is no JSON object of texts, or holds a document beyond our own limits.
    pub(crate) fn load(doors: &Doors, limits: &DocumentLimits) -> Result<Self> {
        let by_id = match &doors.trusted_documents {
            Some(path) => read(path, limits)?,
            None => HashMap::new(),
        };
        Ok(Self {
            by_id,
            only: doors.only_trusted,
        })
    }

    pub(crate) fn find(&self, id: &str) -> Option<&str> {
        // Apollo's clients send the digest without its kind.
        let prefixed = || self.by_id.get(&format!("sha256:{id}"));
        self.by_id.get(id).or_else(prefixed).map(AsRef::as_ref)
    }

    pub(crate) fn is_only(&self) -> bool {
        self.only
    }
}

fn read(path: &Path, limits: &DocumentLimits) -> Result<HashMap<String, Arc<str>>> {
    let fault =
        |what: String| Error::bad_input("trusted-documents", format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    let by_id: HashMap<String, Arc<str>> = serde_json::from_str::<HashMap<String, String>>(&text)
        .map_err(|error| fault(error.to_string()))?
        .into_iter()
        .map(|(id, document)| (id, document.into()))
        .collect();
    for (id, document) in &by_id {
        document::parse(document, limits)
            .map_err(|error| fault(format!("`{id}`: {}", error.message)))?;
    }
    Ok(by_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<TrustedDocuments> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let doors = Doors {
            trusted_documents: Some(file.path().to_owned()),
            only_trusted: true,
            ..Doors::default()
        };
        TrustedDocuments::load(&doors, &DocumentLimits::default())
    }

    #[test]
    fn a_document_is_found_by_its_id() {
        let trusted = load(r#"{"agreed":"{a}","sha256:abc":"{b}"}"#).unwrap();
        assert_eq!(trusted.find("agreed"), Some("{a}"));
        assert_eq!(trusted.find("abc"), Some("{b}"));
        assert_eq!(trusted.find("sha256:agreed"), None);
        assert!(trusted.is_only());
    }

    #[test]
    fn a_file_with_a_fault_keeps_the_server_from_starting() {
        for text in [
            "",
            "[]",
            r#"{"a":1}"#,
            r#"{"a":"{"}"#,
            &format!(r#"{{"a":"{{{}}}"}}"#, "a ".repeat(3000)),
        ] {
            let error = load(text).unwrap_err();
            assert_eq!(error.field(), Some("trusted-documents"), "{text}");
        }
    }
}
