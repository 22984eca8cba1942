//! Queries of this server's own files and feeds: parameters of an address become the variables of a built-in document, which
//! is executed pinned to one entry of the ledger, page by page, and charged as an operation of the requester.

pub(super) mod error;
pub(super) mod pages;
pub(super) mod parameters;
pub(crate) mod pinned_query;
