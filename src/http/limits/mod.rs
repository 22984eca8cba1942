//! Request limits: the size of a document, checked before execution, and the rate limit by cost.

pub(super) mod cost;
pub mod document;
