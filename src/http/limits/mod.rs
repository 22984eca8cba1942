//! Limits on what a request may ask: the document before it is parsed, and its cost over time.

pub(super) mod cost;
pub mod document;
