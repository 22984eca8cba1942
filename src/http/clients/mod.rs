//! Clients: their addresses, and the connections and bytes that each of them may hold at a time.

pub(super) mod client_ip;

pub(super) mod file_slots;

pub(super) mod resource_exceeded;

pub(super) mod resource_limiter;

pub(super) mod held_bytes;
