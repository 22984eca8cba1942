//! Internet addresses that a webhook may be sent to: those that are reachable from everywhere.
//!
//! Everything else belongs to the network of this server or to nobody, by the special-purpose address registries of IANA
//! (RFC 6890). No crate for them is kept up to date, and the methods of the standard library are not stable.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::{Ipv4Net, Ipv6Net};

/// IPv4 networks that are not reachable from everywhere.
const SPECIAL_V4: [&str; 15] = [
    "0.0.0.0/8",       // this network
    "10.0.0.0/8",      // private
    "100.64.0.0/10",   // shared by the customers of a provider (CGNAT)
    "127.0.0.0/8",     // loopback
    "169.254.0.0/16",  // link-local, with the metadata services of clouds
    "172.16.0.0/12",   // private
    "192.0.0.0/24",    // protocol assignments
    "192.0.2.0/24",    // documentation
    "192.88.99.0/24",  // relays of 6to4
    "192.168.0.0/16",  // private
    "198.18.0.0/15",   // benchmarks
    "198.51.100.0/24", // documentation
    "203.0.113.0/24",  // documentation
    "224.0.0.0/4",     // multicast
    "240.0.0.0/4",     // reserved, and broadcast
];
/// The only assigned global unicast addresses of IPv6. Outside of it are loopback, link-local, unique local (ULA) and multicast.
const GLOBAL_V6: &str = "2000::/3";
/// Networks in it that are not reachable from everywhere.
const SPECIAL_V6: [&str; 4] = [
    "2001::/23",     // protocol assignments, with Teredo
    "2001:db8::/32", // documentation
    "2002::/16",     // 6to4: contains an IPv4 address
    "3fff::/20",     // documentation
];
/// Addresses that end with an IPv4 address: mapped ones, and those of NAT64.
const EMBEDDED_V4: [&str; 2] = ["::ffff:0:0/96", "64:ff9b::/96"];

static V4: LazyLock<Vec<Ipv4Net>> = LazyLock::new(|| parse(&SPECIAL_V4));
static V6: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| parse(&SPECIAL_V6));
static GLOBAL: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| parse(&[GLOBAL_V6]));
static EMBEDDED: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| parse(&EMBEDDED_V4));

fn parse<N: std::str::FromStr>(networks: &[&str]) -> Vec<N> {
    let networks = networks.iter();
    networks
        .filter_map(|network| network.parse().ok())
        .collect()
}

/// Whether the address is reachable from everywhere. An address that contains an IPv4 address is judged by that one.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) if contains(&EMBEDDED, address) => {
            let [.., a, b, c, d] = address.octets();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(address) => contains(&GLOBAL, address) && !contains(&V6, address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !V4.iter().any(|network| network.contains(&address))
}

fn contains(networks: &[Ipv6Net], address: Ipv6Addr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_of_the_lists_is_read() {
        assert_eq!(V4.len(), SPECIAL_V4.len());
        assert_eq!(V6.len(), SPECIAL_V6.len());
        assert_eq!((GLOBAL.len(), EMBEDDED.len()), (1, EMBEDDED_V4.len()));
    }

    #[test]
    fn addresses_of_own_networks_are_not_public() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn other_addresses_are_public() {
        for public in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2001:200::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "3ffe::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
