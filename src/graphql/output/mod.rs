//! JSON output: encoding of responses, and objects and lists that encode themselves without the library's response
//! values.

pub mod field_order;
pub mod inclusion;
pub mod markers;

pub mod response_json;

pub mod direct_json;
