//! Which pages of other origins may ask: by default none, and never with credentials.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::access::Doors;

/// For a browser to remember what it may.
const REMEMBERED: Duration = Duration::from_hours(1);

/// Without allowed origins it says nothing, and browsers take that for no (Fetch standard, CORS protocol).
pub(crate) fn layer(doors: &Doors) -> CorsLayer {
    let origins = doors.origins.iter();
    let origins: Vec<HeaderValue> = origins.filter_map(|origin| origin.parse().ok()).collect();
    if origins.is_empty() {
        // Nor does anything vary by who asks.
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
        .max_age(REMEMBERED)
}
