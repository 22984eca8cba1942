//! Query documents: the cache of prepared documents, and the list of trusted documents.

pub(crate) mod cache;
mod manifest;
pub(crate) mod trusted;
