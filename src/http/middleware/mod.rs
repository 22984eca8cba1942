//! Middleware of the public listener: request framing, context and span, authentication, origin checks, CORS, security headers.

pub(crate) mod authentication;
pub(crate) mod cors;
pub(crate) mod held_bytes;
pub(crate) mod origin;
pub(crate) mod request_context;
pub(crate) mod request_framing;
pub(crate) mod request_span;
pub(crate) mod security_headers;
