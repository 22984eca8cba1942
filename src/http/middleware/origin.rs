//! Origin check for WebSockets and tools. Browsers open WebSockets across origins without a CORS preflight (CWE-1385), and a
//! page can make its own name lead to a server of a private network (DNS rebinding), which tools have to expect.

use axum::http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

use crate::config::access::AllowedOrigins;
use crate::http::state::AppState;

/// What the origin of a request permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginAccess {
    Full,
    /// Reading without a token.
    WithoutToken,
    Denied,
}

/// Full access for requests without `Origin` (not from a browser), from the server's own origin, and from the configured
/// origins.
pub(crate) fn access_of(headers: &HeaderMap, app: &AppState) -> OriginAccess {
    if is_same_origin(headers, &app.public_url) {
        return OriginAccess::Full;
    }
    match app.access.allowed_origins() {
        AllowedOrigins::Any => OriginAccess::Full,
        AllowedOrigins::Listed(_) if is_configured(headers, app) => OriginAccess::Full,
        AllowedOrigins::Listed(_) => OriginAccess::Denied,
        AllowedOrigins::AnyWithoutToken => OriginAccess::WithoutToken,
    }
}

/// Whether a request is from no page, or from one of an origin that the operator names (`--public-url`, `--allow-origin`), or of
/// the `Host` if that is an address or `localhost`: any other name may be that of a page that makes it lead here.
pub(crate) fn is_trusted_origin(headers: &HeaderMap, app: &AppState) -> bool {
    let cannot_mislead = || host(headers).is_some_and(is_fixed_host);
    is_public_origin(headers, &app.public_url)
        || is_configured(headers, app)
        || (is_origin_of_host(headers) && cannot_mislead())
}

fn is_configured(headers: &HeaderMap, app: &AppState) -> bool {
    let origin = headers.get(header::ORIGIN);
    match app.access.allowed_origins() {
        AllowedOrigins::Any => true,
        AllowedOrigins::AnyWithoutToken => false,
        AllowedOrigins::Listed(listed) => {
            origin.is_some_and(|origin| listed.iter().any(|it| origin == it))
        }
    }
}

/// Compares the origin with the `Host` header and with the public URL.
fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    is_public_origin(headers, public_url) || is_origin_of_host(headers)
}

/// Whether there is no origin, or that of the public URL.
fn is_public_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let public = Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    public.is_ok_and(|public| origin == public.as_str())
}

/// The scheme is ignored: behind a proxy that terminates TLS, the server does not know the client's scheme.
fn is_origin_of_host(headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN);
    let origin = origin.and_then(|origin| origin.to_str().ok());
    let authority = origin.and_then(|origin| Some(origin.split_once("://")?.1));
    authority
        .zip(host(headers))
        .is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

/// Whether no name server can make this host lead elsewhere.
fn is_fixed_host(host: &str) -> bool {
    let url = Url::parse(&format!("http://{host}"));
    url.is_ok_and(|url| match url.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    })
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST).and_then(valid_host)
}

/// The `Host` header, if it consists only of a name or address and a port: it becomes part of the content security
/// policy.
pub(crate) fn valid_host(host: &HeaderValue) -> Option<&str> {
    let host = host.to_str().ok()?;
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(is_valid)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_own_origin_and_programs_are_allowed() {
        for origin in [
            None,
            Some("http://localhost:8000"),
            Some("https://LOCALHOST:8000"),
            Some("https://demarche.example"),
        ] {
            let headers = headers("localhost:8000", origin);
            assert!(
                is_same_origin(&headers, "https://demarche.example"),
                "{origin:?}"
            );
        }
    }

    #[test]
    fn another_origin_is_not_allowed() {
        for origin in [
            "https://evil.example",
            "http://localhost:8001",
            "http://localhost",
            "null",
            "",
            "http://demarche.example",
        ] {
            let headers = headers("localhost:8000", Some(origin));
            assert!(
                !is_same_origin(&headers, "https://demarche.example"),
                "{origin}"
            );
        }
    }

    #[test]
    fn a_host_is_a_name_or_address_and_a_port() {
        for good in ["localhost", "127.0.0.1:8000", "[::1]:8000", "a-b.example"] {
            assert_eq!(host(&headers(good, None)), Some(good));
        }
        for bad in ["", "a b", "a;script-src *", "a/b", "a,b", "a'b", "a_b"] {
            assert_eq!(host(&headers(bad, None)), None, "{bad}");
        }
    }
}
