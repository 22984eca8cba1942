//! The append-only list of everything ever recorded.

pub mod hash;

pub mod history;
