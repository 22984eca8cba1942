//! Schema extensions, each one rule for every operation: authorization, validation, error masking, response shape, batching.

pub mod authorization;
pub mod batch_scheduling;
pub mod error_masking;
pub mod response_shape;
pub mod spec_validation;
