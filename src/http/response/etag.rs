//! Names of bytes, so that nobody is sent what he has (RFC 9110, 8.8.3 and 13.1.2).

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A strong name by content.
pub(crate) fn of(bytes: &[u8]) -> HeaderValue {
    of_digest(&Sha256::digest(bytes))
}

/// The same, for a SHA-256 that is known already.
pub(crate) fn of_digest(digest: &[u8]) -> HeaderValue {
    let text = format!("\"{}\"", HEXLOWER.encode(&digest[..16]));
    HeaderValue::from_str(&text).expect("hexadecimal digits in quotes are a header value")
}

/// Whether the client has the body of this response.
pub(crate) fn names_body(request: &HeaderMap, response: &Response) -> bool {
    let tag = response.headers().get(header::ETAG);
    tag.is_some_and(|tag| is_known(request, tag))
}

/// Whether the client has these bytes.
pub(crate) fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let lines = request.get_all(header::IF_NONE_MATCH).iter();
    let mut lines = lines.filter_map(|line| line.to_str().ok());
    tag.to_str()
        .is_ok_and(|tag| lines.any(|tags| names(tags, tag)))
}

/// The weak comparison, or any.
fn names(tags: &str, tag: &str) -> bool {
    tags.split(',')
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == tag || one == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list() {
        for tags in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(names(tags, "\"a\""), "{tags}");
        }
        assert!(!names("\"b\"", "\"a\""));
    }
}
