//! Query documents: the cache of prepared documents, and the list of trusted documents.

pub(crate) mod cache;
pub(crate) mod trusted;
