//! Markers that validation puts into a request or its document, for the code that writes the response.

/// Response key of a placeholder field. No placeholder is added to a document that contains this text.
pub const PLACEHOLDER: &str = "__demarche";

/// In the data of a request: no two selections of an object share a response key, so no merge is needed.
#[derive(Clone, Copy, Debug)]
pub struct NoMergedSelections;
