//! Scalars and input objects that several types share: dates, moments, orders, text filters.

pub mod moment;
pub mod order;
pub mod scalars;
pub mod string_filter;
