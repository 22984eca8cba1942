//! What surrounds every request: its context and span, its origin, its requester, its security headers.

pub(crate) mod authentication;
pub(crate) mod cors;
pub(crate) mod origin;
pub(crate) mod request_context;
pub(crate) mod request_span;
pub(crate) mod security_headers;
