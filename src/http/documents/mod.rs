//! Query documents: the cache of prepared documents, those of the server's own pages, and the list of trusted documents.

mod built_in;
pub(crate) mod cache;
mod manifest;
pub(crate) mod trusted;
