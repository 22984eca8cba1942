//! Origin check for WebSockets. Browsers open WebSockets across origins without a CORS preflight (CWE-1385).

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

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
    let origin = headers.get(header::ORIGIN);
    let is_in =
        |listed: &[String]| origin.is_some_and(|origin| listed.iter().any(|it| origin == it));
    match app.access.allowed_origins() {
        _ if is_same_origin(headers, &app.public_url) => OriginAccess::Full,
        AllowedOrigins::Any => OriginAccess::Full,
        AllowedOrigins::Listed(listed) if is_in(listed) => OriginAccess::Full,
        AllowedOrigins::Listed(_) => OriginAccess::Denied,
        AllowedOrigins::AnyWithoutToken => OriginAccess::WithoutToken,
    }
}

/// Compares the origin with the `Host` header and with the public URL.
fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let public = Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    // The scheme is ignored: behind a proxy that terminates TLS, the server does not know the client's scheme.
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    public.is_ok_and(|public| public == origin)
        || authority
            .zip(host(headers))
            .is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
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
