//! Request framing: rejects requests that a proxy in front and this server could read differently (RFC 9112, 3.2 and 6.1;
//! request smuggling, CWE-444).
//!
//! hyper rejects the rest: conflicting lengths, a coding after `chunked`, folded lines.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Uri, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::http::response::error::HttpError;

/// Closes the connection after a rejection: what follows may be part of the rejected request.
pub(crate) async fn reject_ambiguous_requests(request: Request, next: Next) -> Response {
    let checked = check_framing(request.version(), request.uri(), request.headers());
    let Err(error) = checked else {
        return next.run(request).await;
    };
    let mut response = error.into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// # Errors
/// 400 for another transfer coding than `chunked`, for a missing, repeated or conflicting host.
pub(crate) fn check_framing(
    version: Version,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(), HttpError> {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    if codings.next().is_some_and(|coding| !is_chunked(coding)) || codings.next().is_some() {
        return Err(HttpError::bad_request(
            "only one transfer coding is supported; send `Transfer-Encoding: chunked` once, or `Content-Length`",
        ));
    }
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() || (host.is_none() && version >= Version::HTTP_11) {
        return Err(HttpError::bad_request(
            "the request must have exactly one `Host` header",
        ));
    }
    if let (Some(host), Some(target)) = (host, uri.authority())
        && !is_same_host(host.as_bytes(), target.as_str())
    {
        return Err(HttpError::bad_request(
            "`Host` and the request target name different hosts; send the same host in both",
        ));
    }
    Ok(())
}

fn is_same_host(host: &[u8], target: &str) -> bool {
    let without_port = |host| <[u8]>::strip_suffix(host, b":80").unwrap_or(host);
    without_port(host).eq_ignore_ascii_case(without_port(target.as_bytes()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn is_accepted(version: Version, target: &str, lines: &[(HeaderName, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, value.parse().unwrap());
        }
        check_framing(version, &target.parse().unwrap(), &headers).is_ok()
    }

    #[test]
    fn a_request_has_exactly_one_host() {
        let host = |value| (header::HOST, value);
        for (target, hosts) in [
            ("/", vec![host("a")]),
            ("/", vec![host("")]),
            ("http://a/", vec![host("A")]),
            ("http://a:80/", vec![host("a")]),
        ] {
            assert!(
                is_accepted(Version::HTTP_11, target, &hosts),
                "{target} {hosts:?}"
            );
        }
        for (target, hosts) in [
            ("/", vec![]),
            ("/", vec![host("a"), host("a")]),
            ("http://a/", vec![host("b")]),
            ("http://a/", vec![host("a:81")]),
            ("http://u@a/", vec![host("a")]),
        ] {
            assert!(
                !is_accepted(Version::HTTP_11, target, &hosts),
                "{target} {hosts:?}"
            );
        }
        assert!(is_accepted(Version::HTTP_10, "/", &[]));
        assert!(!is_accepted(Version::HTTP_10, "/", &[host("a"), host("b")]));
    }

    #[test]
    fn the_only_transfer_coding_is_chunked() {
        let with = |codings: &[&str]| {
            let host = (header::HOST, "a");
            let codings = codings
                .iter()
                .map(|coding| (header::TRANSFER_ENCODING, *coding));
            let lines: Vec<_> = std::iter::once(host).chain(codings).collect();
            is_accepted(Version::HTTP_11, "/", &lines)
        };
        assert!(with(&[]) && with(&["chunked"]) && with(&["Chunked"]));
        for codings in [
            &["gzip, chunked"][..],
            &["identity"],
            &["chunked, chunked"],
            &["chunked", "chunked"],
            &["gzip", "chunked"],
            &["chunked;q=1"],
            &[""],
        ] {
            assert!(!with(codings), "{codings:?}");
        }
    }
}
