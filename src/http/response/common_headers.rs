//! Headers that every response carries.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::model::request_id::RequestId;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// As it is sent in [`REQUEST_ID`].
pub(crate) fn named(id: &RequestId) -> HeaderValue {
    HeaderValue::try_from(id.to_string())
        .expect("hexadecimal digits and a number are a header value")
}

/// On every answer.
const ALWAYS: [(HeaderName, HeaderValue); 2] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
];

/// Sets those headers, each once however often it is called: what is kept has them already.
pub(crate) fn set_always(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
}
