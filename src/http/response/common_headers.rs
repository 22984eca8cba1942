//! Headers that every response carries: security headers and the request id.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::model::request_id::RequestId;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Value of the [`REQUEST_ID`] header.
pub(crate) fn request_id_header(id: &RequestId) -> HeaderValue {
    HeaderValue::try_from(id.to_string())
        .expect("hexadecimal digits and a number are a header value")
}

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
