//! Headers that every response carries: security headers and the request id.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::model::request_id::RequestId;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Value of the [`REQUEST_ID`] header.
pub(crate) fn request_id_header(id: &RequestId) -> HeaderValue {
    HeaderValue::try_from(id.to_string())
        .expect("hexadecimal digits and a number are a header value")
}

/// `Cache-Control` (RFC 9111, 5.2.2): stored, but revalidated by its entity tag on each use.
pub(crate) const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
/// Not stored: errors, writes, and what depends on the client or the time.
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// For what never changes. A year is the longest that caches agree on (RFC 9111, 5.2.2.1; RFC 8246).
pub(crate) const IMMUTABLE_PUBLIC: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");
/// The same, for the cache of one client.
pub(crate) const IMMUTABLE_PRIVATE: HeaderValue =
    HeaderValue::from_static("private, max-age=31536000, immutable");

const COMMON_HEADERS: [(HeaderName, HeaderValue); 2] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
];

/// Sets the security headers. Idempotent: cached responses have them already.
pub(crate) fn set_common_headers(headers: &mut HeaderMap) {
    for (name, value) in COMMON_HEADERS {
        headers.insert(name, value);
    }
}
