//! Stub: replaced on merge.

pub mod token;
