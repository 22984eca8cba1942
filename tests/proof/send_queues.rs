//! Send queues of a server's connections in the kernel (`/proc/net/tcp`).

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};

/// States of `include/net/tcp_states.h`.
const ESTABLISHED: &str = "01";
const LISTEN: &str = "0A";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendQueue {
    pub bytes: u64,
    /// False once the connection is being closed.
    pub is_open: bool,
}

/// By client address. Connections that the server has already closed are left out, even if the kernel still sends data.
pub fn list(server: SocketAddr) -> HashMap<SocketAddr, SendQueue> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let port = format!(":{:04X}", server.port());
    let queues = table.lines().filter_map(|line| parse_line(line, &port));
    queues.collect()
}

/// The fields start with local address, remote address, state and queues; the tenth is the inode. A listener has no
/// remote address.
fn parse_line(line: &str, port: &str) -> Option<(SocketAddr, SendQueue)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let is_of_server = fields.get(1)?.ends_with(port) && fields[3] != LISTEN;
    if !is_of_server || *fields.get(9)? == "0" {
        return None;
    }
    let (bytes, _) = fields[4].split_once(':')?;
    let bytes = u64::from_str_radix(bytes, 16).ok()?;
    let is_open = fields[3] == ESTABLISHED;
    Some((parse_address(fields[2])?, SendQueue { bytes, is_open }))
}

/// The address is written in the byte order of the machine.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let address = u32::from_str_radix(address, 16).ok()?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some((Ipv4Addr::from(address.to_ne_bytes()), port).into())
}
