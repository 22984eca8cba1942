//! Whose page may open a socket. Browsers send sockets across origins without asking (CWE-1385).

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::http::state::App;

/// A missing `Origin` is no browser. Otherwise it has to be ours, or one that the operator allows.
pub(crate) fn is_allowed(headers: &HeaderMap, app: &App) -> bool {
    let origin = headers.get(header::ORIGIN);
    let is_listed = |origin: &HeaderValue| app.doors.origins.iter().any(|listed| origin == listed);
    origin.is_some_and(is_listed) || is_ours(headers, &app.public_url)
}

/// By the name that the client used, or the public one.
fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let public = Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    // The scheme is left out: behind a proxy that ends TLS we do not know our own.
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    public.is_ok_and(|public| public == origin)
        || authority
            .zip(host(headers))
            .is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST).and_then(plain)
}

/// A `Host` header, if it is a name or address and a port and nothing else: it is written into a policy.
pub(crate) fn plain(host: &HeaderValue) -> Option<&str> {
    let host = host.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(plain)).then_some(host)
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
    fn a_page_of_ours_and_a_program_may_open_a_socket() {
        for origin in [
            None,
            Some("http://localhost:8000"),
            Some("https://LOCALHOST:8000"),
            Some("https://demarche.example"),
        ] {
            let headers = headers("localhost:8000", origin);
            assert!(is_ours(&headers, "https://demarche.example"), "{origin:?}");
        }
    }

    #[test]
    fn a_page_of_another_origin_may_not() {
        for origin in [
            "https://evil.example",
            "http://localhost:8001",
            "http://localhost",
            "null",
            "",
            "http://demarche.example",
        ] {
            let headers = headers("localhost:8000", Some(origin));
            assert!(!is_ours(&headers, "https://demarche.example"), "{origin}");
        }
    }

    #[test]
    fn a_host_is_a_name_and_a_port() {
        for good in ["localhost", "127.0.0.1:8000", "[::1]:8000", "a-b.example"] {
            assert_eq!(host(&headers(good, None)), Some(good));
        }
        for bad in ["", "a b", "a;script-src *", "a/b", "a,b", "a'b", "a_b"] {
            assert_eq!(host(&headers(bad, None)), None, "{bad}");
        }
    }
}
