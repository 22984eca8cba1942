//! What the kernel has yet to send for the connections of a server (`/proc/net/tcp`).

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};

/// States of `include/net/tcp_states.h`.
const ESTABLISHED: &str = "01";
const LISTEN: &str = "0A";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    pub bytes: u64,
    /// Whether more may come.
    pub is_open: bool,
}

/// By client, of the connections that the server has not given back, whatever the kernel still does for others.
pub fn of(server: SocketAddr) -> HashMap<SocketAddr, Queue> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let port = format!(":{:04X}", server.port());
    let queues = table.lines().filter_map(|line| queue(line, &port));
    queues.collect()
}

/// Local address, remote address, state and queues come first, the inode tenth; a listener has no peer.
fn queue(line: &str, port: &str) -> Option<(SocketAddr, Queue)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let is_ours = fields.get(1)?.ends_with(port) && fields[3] != LISTEN;
    if !is_ours || *fields.get(9)? == "0" {
        return None;
    }
    let (bytes, _) = fields[4].split_once(':')?;
    let bytes = u64::from_str_radix(bytes, 16).ok()?;
    let is_open = fields[3] == ESTABLISHED;
    Some((address(fields[2])?, Queue { bytes, is_open }))
}

/// The number is written as the machine has it in memory.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let address = u32::from_str_radix(address, 16).ok()?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some((Ipv4Addr::from(address.to_ne_bytes()), port).into())
}
