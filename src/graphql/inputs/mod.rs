//! Shared input types: scalars, points in time, sort directions and string filters.

pub mod moment;
pub mod order;
pub mod scalars;
pub mod string_filter;
