//! Schema extensions, each one mechanism for all operations: authorization, validation, error masking, response shape
//! and batch scheduling.

pub mod authorization;
pub mod batch_scheduling;
pub mod error_masking;
pub mod response_shape;
pub mod spec_validation;
