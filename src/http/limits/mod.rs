//! Request limits: the size of a document, checked before execution, the rate limit by cost, and the bytes in memory.

pub(super) mod cost;
pub mod document;
pub(super) mod memory;
