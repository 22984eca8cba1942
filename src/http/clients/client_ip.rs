//! Client address of a request: the peer, or the address that a trusted proxy forwards.
//!
//! Invariant: an address in `X-Forwarded-For` is used only if a trusted proxy appended it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// Socket address of the connection's peer, which may be a proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeerAddress(pub(crate) SocketAddr);

/// Unit of per-client limits: an IPv4 address, or an IPv6 /64 prefix, because a network assigns at least that much to
/// one customer (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClientIp(IpAddr);

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl ClientIp {
    pub(crate) fn from_ip(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & (!0 << 64))),
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// Each proxy appends the address of its peer, so the list is read from its end for as long as the addresses are
    /// trusted proxies. Entries before an untrusted address may be forged.
    pub(crate) fn from_request(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> Self {
        let is_trusted = |address: &IpAddr| is_trusted(*address, proxies);
        if !is_trusted(&peer) {
            return Self::from_ip(peer);
        }
        let mut nearest = peer;
        let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
        let hops = lines.flat_map(|line| line.to_str().unwrap_or("").rsplit(','));
        for hop in hops {
            if !is_trusted(&nearest) {
                break;
            }
            match hop.trim().parse() {
                Ok(address) => nearest = address,
                Err(_) => break,
            }
        }
        Self::from_ip(nearest)
    }
}

pub(crate) fn is_trusted(address: IpAddr, proxies: &[IpNet]) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_client(peer: &str, forwarded: &[&str], client: &str) {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(X_FORWARDED_FOR, line.parse().unwrap());
        }
        let proxies = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let actual = ClientIp::from_request(peer.parse().unwrap(), &headers, &proxies);
        assert_eq!(
            actual,
            ClientIp::from_ip(client.parse().unwrap()),
            "{peer} {forwarded:?}"
        );
    }

    #[test]
    fn only_a_trusted_proxy_may_forward_an_address() {
        assert_client("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
        assert_client("10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        assert_client("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        assert_client("10.0.0.1", &[], "10.0.0.1");
    }

    #[test]
    fn addresses_that_a_client_prepends_are_ignored() {
        assert_client("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1");
        assert_client(
            "10.0.0.1",
            &["1.1.1.1, 198.51.100.1, 10.0.0.2"],
            "198.51.100.1",
        );
        assert_client("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1");
        assert_client("10.0.0.1", &["1.1.1.1, nonsense"], "10.0.0.1");
    }

    #[test]
    fn ipv6_is_counted_by_its_first_64_bits() {
        let client = |text: &str| ClientIp::from_ip(text.parse().unwrap());
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
    }
}
