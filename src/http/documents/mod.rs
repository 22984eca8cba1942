//! Query documents: the cache of prepared ones and the list of trusted ones.

pub(crate) mod cache;
pub(crate) mod trusted;
