//! Entity tags: strong validators by content, and the evaluation of `If-None-Match` (RFC 9110, 8.8.3 and 13.1.2).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, IntoResponseParts, Response},
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A strong tag: the first 16 bytes of the SHA-256 of the content, given in parts.
pub(crate) fn from_parts(parts: &[&[u8]]) -> HeaderValue {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    from_digest(&digest.finalize())
}

/// The same tag from an existing SHA-256.
pub(crate) fn from_digest(digest: &[u8]) -> HeaderValue {
    let text = format!("\"{}\"", HEXLOWER.encode(&digest[..16]));
    HeaderValue::from_str(&text).expect("hexadecimal digits in quotes are a header value")
}

/// A response with its tag, or 304, which has the same headers but no body.
pub(crate) fn respond(
    request: &HeaderMap,
    tag: HeaderValue,
    headers: impl IntoResponseParts,
    body: impl IntoResponse,
) -> Response {
    let is_known = is_none_match(request, &tag);
    let tag = [(header::ETAG, tag)];
    if is_known {
        return (StatusCode::NOT_MODIFIED, tag, headers, ()).into_response();
    }
    (tag, headers, body).into_response()
}

/// Whether `If-None-Match` contains the tag of this response, so that 304 is enough.
pub(crate) fn matches_response(request: &HeaderMap, response: &Response) -> bool {
    let tag = response.headers().get(header::ETAG);
    tag.is_some_and(|tag| is_none_match(request, tag))
}

/// Whether the client has this representation: it names its tag, not any (`*`), so a request for it has succeeded before.
pub(crate) fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    !names_any(request) && is_none_match(request, tag)
}

/// Whether `If-None-Match` is `*`, which matches whatever exists, also where no request has succeeded before.
pub(crate) fn names_any(request: &HeaderMap) -> bool {
    let lines = request.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    tags.any(|tag| tag.trim_ascii() == b"*")
}

/// Whether `If-None-Match` contains this tag.
pub(crate) fn is_none_match(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let lines = request.get_all(header::IF_NONE_MATCH).iter();
    let mut lines = lines.filter_map(|line| line.to_str().ok());
    tag.to_str()
        .is_ok_and(|tag| lines.any(|tags| contains_tag(tags, tag)))
}

/// Suffixes that proxies add to the tag of a response that they compress.
const CODING_SUFFIXES: [&str; 4] = ["-gzip", "-br", "-zstd", "-deflate"];

/// Weak comparison; `*` matches every tag, and a tag with the suffix of a proxy is the tag without it.
fn contains_tag(tags: &str, tag: &str) -> bool {
    tags.split(',')
        .map(|listed| listed.trim().trim_start_matches("W/"))
        .any(|listed| listed == "*" || without_coding(listed) == tag.trim_matches('"'))
}

fn without_coding(tag: &str) -> &str {
    let tag = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    let tag = tag.unwrap_or_default();
    let stripped = CODING_SUFFIXES
        .into_iter()
        .find_map(|suffix| tag.strip_suffix(suffix));
    stripped.unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list() {
        for tags in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(contains_tag(tags, "\"a\""), "{tags}");
        }
        for tags in ["\"b\"", "a", "", "\"a-gzi\"", "\"-gzip\""] {
            assert!(!contains_tag(tags, "\"a\""), "{tags}");
        }
    }

    #[test]
    fn a_tag_with_the_suffix_of_a_compressing_proxy_is_found() {
        for tags in ["\"a-gzip\"", "W/\"a-br\"", "\"b\", \"a-zstd\""] {
            assert!(contains_tag(tags, "\"a\""), "{tags}");
        }
    }
}
