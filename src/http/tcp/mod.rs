//! TCP connections: how many there may be, whose they are, and writing to one past its task.

pub(crate) mod client_ip;
pub(crate) mod connection_limiter;
pub(crate) mod shared_stream;
