//! What the server tells whoever runs it: metrics for Prometheus, lines of a log, traces.
//!
//! Whoever serves holds the counters that it moves. Invariant: what a client chose, such as a name, is never a label.

pub mod log;

pub mod trace;

pub mod metrics;

pub mod operation_metrics;

pub mod rejections;

pub mod sampled;
