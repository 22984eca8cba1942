//! The URL that a webhook is sent to.

use std::net::IpAddr;

use url::{Host, Url};

use super::address::is_public;

/// Whether a webhook may be sent to this machine, without TLS: for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loopback {
    Allow,
    Deny,
}

impl Loopback {
    pub fn new(is_allowed: bool) -> Self {
        if is_allowed { Self::Allow } else { Self::Deny }
    }

    /// Whether a connection to the address is allowed.
    pub fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::Allow && address.is_loopback())
    }
}

/// Bytes of a URL.
const MAX_BYTES: usize = 2_000;

/// Reads a URL that webhooks may be sent to. The addresses of a host name are checked at each connection.
/// # Errors
/// A sentence that says what is wrong.
pub fn parse(text: &str, loopback: Loopback) -> Result<Url, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("is longer than {MAX_BYTES} bytes"));
    }
    let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("contains a user name or password; authenticate by the signature".to_owned());
    }
    if url.fragment().is_some() {
        return Err("contains a fragment (#…), which is not sent".to_owned());
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err("has no host".to_owned()),
    };
    if let Some(address) = address.filter(|address| !loopback.allows(*address)) {
        return Err(format!(
            "{address} is not reachable from everywhere; {ADVICE}"
        ));
    }
    match (url.scheme(), loopback) {
        ("https", _) | ("http", Loopback::Allow) => Ok(url),
        _ => Err("does not start with https://".to_owned()),
    }
}

const ADVICE: &str = "webhooks are sent to public addresses only";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_https_to_a_public_host() {
        for valid in [
            "https://news.example/hook?key=1",
            "https://news.example:8443",
            "https://1.1.1.1/",
            "https://[2606:4700::1]/",
        ] {
            assert!(parse(valid, Loopback::Deny).is_ok(), "{valid}");
        }
        for wrong in [
            "http://news.example/",
            "ftp://news.example/",
            "https://user@news.example/",
            "https://user:word@news.example/",
            "https://news.example/#part",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://017700000001/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[fd00::1]/",
            "https://",
            "news.example",
            "",
        ] {
            assert!(parse(wrong, Loopback::Deny).is_err(), "{wrong}");
        }
        assert!(
            parse(
                &format!("https://a.example/{}", "a".repeat(2_000)),
                Loopback::Deny
            )
            .is_err()
        );
    }

    #[test]
    fn loopback_is_allowed_by_an_option_and_nothing_else_is() {
        for valid in [
            "http://127.0.0.1:9000/",
            "https://[::1]/",
            "http://localhost/",
        ] {
            assert!(parse(valid, Loopback::Allow).is_ok(), "{valid}");
        }
        for wrong in [
            "http://10.0.0.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
        ] {
            assert!(parse(wrong, Loopback::Allow).is_err(), "{wrong}");
        }
    }
}
