//! Stub: replaced on merge.

mod app;
mod transport;
