//! TCP connections: a stream that other tasks can write to.

pub(crate) mod direct_writer;

pub(crate) mod shared_stream;
