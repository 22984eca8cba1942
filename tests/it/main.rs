//! Stub: replaced on merge.

// clippy takes a function outside of #[test] for a test's only under this attribute.
#[cfg(test)]
mod app;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod websocket;
