//! Telemetry for operators: metrics for Prometheus, a log, traces.
//!
//! Each part of the server holds the counters that it updates. Invariant: text chosen by a client is never a label.

pub mod log;

pub mod trace;

mod prometheus_text;

pub mod metrics;

pub mod operation_metrics;

pub mod rejections;

pub mod repeated_failure;

pub mod sampled;
