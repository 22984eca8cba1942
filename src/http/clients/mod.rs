//! Clients: their addresses, and the connections, bytes and files that each of them may hold at a time.

pub(super) mod client_ip;

pub(super) mod resource_exceeded;

pub(super) mod resource_limiter;

pub(super) mod held_bytes;
