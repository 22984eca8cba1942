//! Values written as JSON: the objects and lists that skip the library's response values, and the response itself.

pub mod markers;

pub mod response_json;

pub mod direct_json;
