//! The only writer.

pub mod document;
