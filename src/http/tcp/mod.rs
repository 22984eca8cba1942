//! TCP connections: the connection limit, the client address, and a stream that other tasks can write to.

pub(crate) mod client_ip;
pub(crate) mod connection_limiter;
pub(crate) mod shared_stream;
