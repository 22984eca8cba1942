//! CORS: pages of the configured origins may send requests, by default none, and never with credentials.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::access::AccessConfig;

/// Time for which a browser may cache the response to a preflight.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_hours(1);

/// Without allowed origins no CORS header is sent, which denies access (Fetch standard, CORS protocol).
pub(crate) fn layer(access: &AccessConfig) -> CorsLayer {
    let origins = access.origins.iter();
    let origins: Vec<HeaderValue> = origins.filter_map(|origin| origin.parse().ok()).collect();
    if origins.is_empty() {
        // Responses do not depend on the origin, so `Vary` is not needed.
        return CorsLayer::new().vary([]);
    }
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("last-event-id"),
            HeaderName::from_static("demarche-cost"),
        ])
        .expose_headers([header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(PREFLIGHT_MAX_AGE)
}
