//! Responses: errors in one shape, cached bodies, their media type, validators and common headers.

pub(crate) mod graphql_error;

pub(crate) mod failure;

pub(crate) mod error;

mod limit_error;

pub(crate) mod common_headers;

pub(crate) mod accept;

pub(crate) mod content_negotiation;

pub(crate) mod request_error;

pub(crate) mod etag;

pub(crate) mod cache;

pub(crate) mod cached;
