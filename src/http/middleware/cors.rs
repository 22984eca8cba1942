//! CORS: which pages may send requests and read responses, never with credentials (Fetch standard, CORS protocol).
//!
//! By default every page may, without a token: nothing that a browser sends by itself grants any right here. A layer of
//! our own, because that of tower-http decides by origin only, and here it also depends on the token.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::config::access::{AccessConfig, AllowedOrigins};
use crate::http::state::AppState;

/// Seconds for which a browser may cache the response to a preflight.
const PREFLIGHT_MAX_AGE: HeaderValue = HeaderValue::from_static("3600");
const METHODS: HeaderValue = HeaderValue::from_static("GET,POST");
const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");
const EXPOSED_HEADERS: HeaderValue =
    HeaderValue::from_static("content-location,demarche-seq,etag,link,retry-after,x-request-id");
const VARY_ORIGIN: HeaderValue = HeaderValue::from_static("origin");

/// Answers preflights, and adds the CORS headers to every other response.
pub(crate) async fn add_cors_headers(
    State(app): State<Arc<AppState>>,
    request: Request,
    next: Next,
) -> Response {
    let head = request.headers();
    let allowed = allowed_origin(&app.access, head);
    if request.method() == Method::OPTIONS {
        let mut response = StatusCode::OK.into_response();
        if let Some(origin) = allowed {
            allow_request(&app.access, head, response.headers_mut());
            allow_response(&app.access, origin, response.headers_mut());
        }
        return response;
    }
    let mut response = next.run(request).await;
    if let Some(origin) = allowed {
        allow_response(&app.access, origin, response.headers_mut());
    } else if is_listed(&app.access) {
        response.headers_mut().append(header::VARY, VARY_ORIGIN);
    }
    response
}

/// The CORS headers of a response to a request without a token and, if origins are listed, without `Origin`.
pub(crate) fn add_constant_headers(access: &AccessConfig, headers: &mut HeaderMap) {
    if is_listed(access) {
        headers.append(header::VARY, VARY_ORIGIN);
    } else {
        allow_response(access, ANY_ORIGIN, headers);
    }
}

/// Whether the CORS headers depend on the origin of the request.
pub(crate) fn is_listed(access: &AccessConfig) -> bool {
    matches!(access.allowed_origins(), AllowedOrigins::Listed(_))
}

/// The value of `Access-Control-Allow-Origin`; none if the page may not read the response.
fn allowed_origin(access: &AccessConfig, headers: &HeaderMap) -> Option<HeaderValue> {
    match access.allowed_origins() {
        AllowedOrigins::Any => Some(ANY_ORIGIN),
        AllowedOrigins::AnyWithoutToken => {
            (!headers.contains_key(header::AUTHORIZATION)).then_some(ANY_ORIGIN)
        }
        AllowedOrigins::Listed(origins) => {
            let origin = headers.get(header::ORIGIN)?;
            let is_listed = origins.iter().any(|listed| origin == listed);
            is_listed.then(|| origin.clone())
        }
    }
}

fn allow_response(access: &AccessConfig, origin: HeaderValue, headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
    if is_listed(access) {
        headers.append(header::VARY, VARY_ORIGIN);
    }
}

/// The part of a preflight's response that is about the request: every requested header, but a token only where it is
/// allowed.
fn allow_request(access: &AccessConfig, requested: &HeaderMap, headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE);
    let vary = HeaderValue::from_static("access-control-request-headers");
    headers.append(header::VARY, vary);
    let without_token = matches!(access.allowed_origins(), AllowedOrigins::AnyWithoutToken);
    let names = requested.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let names = names.and_then(|names| names.to_str().ok()).unwrap_or("");
    let names = names
        .split(',')
        .filter_map(|name| name.trim().parse::<HeaderName>().ok());
    let allowed: Vec<String> = names
        .filter(|name| !(without_token && name == header::AUTHORIZATION))
        .map(|name| name.to_string())
        .collect();
    if let Ok(allowed) = HeaderValue::try_from(allowed.join(","))
        && !allowed.is_empty()
    {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
}
