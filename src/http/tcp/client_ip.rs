//! Where a request comes from: the peer, or what a proxy that we trust says of it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Who is counted as one: an IPv4 address, or the IPv6 addresses that share their first 64 bits, which is what one
/// subscriber of a network is given (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client(IpAddr);

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

impl Client {
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & (!0 << 64))),
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// Each proxy appends whom it heard from, so the list is read from its end for as long as proxies are trusted. What
    /// stands before an address that is not trusted may be made up.
    pub(crate) fn find(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> Self {
        let is_trusted = |address: &IpAddr| is_trusted(*address, proxies);
        if !is_trusted(&peer) {
            return Self::of(peer);
        }
        let mut nearest = peer;
        let lines = headers.get_all(FORWARDED).iter().rev();
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
        Self::of(nearest)
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
    fn check(peer: &str, forwarded: &[&str], client: &str) {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, line.parse().unwrap());
        }
        let proxies = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let found = Client::find(peer.parse().unwrap(), &headers, &proxies);
        assert_eq!(
            found,
            Client::of(client.parse().unwrap()),
            "{peer} {forwarded:?}"
        );
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        check("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
        check("10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &[], "10.0.0.1");
    }

    #[test]
    fn what_a_client_puts_in_front_is_not_believed() {
        check("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1");
        check(
            "10.0.0.1",
            &["1.1.1.1, 198.51.100.1, 10.0.0.2"],
            "198.51.100.1",
        );
        check("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["1.1.1.1, nonsense"], "10.0.0.1");
    }

    #[test]
    fn ipv6_is_counted_by_its_first_half() {
        let client = |text: &str| Client::of(text.parse().unwrap());
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
    }
}
