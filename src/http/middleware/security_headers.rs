//! What browsers are told about every answer, and about pages in particular.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::origin;
use crate::http::response::common_headers::set_always;

/// Adds the headers; a page also gets its policy.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).cloned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set_always(headers);
    if is_page(headers) {
        let policy = policy(host.as_ref().and_then(origin::plain));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    response
}

fn is_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Nothing from anywhere else. `'unsafe-inline'` is for styles only: the playground's editor writes them as it runs.
fn policy(host: Option<&str>) -> String {
    // Older browsers do not count a socket to the same host as 'self'.
    let sockets = host
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self' data:; connect-src 'self'{sockets}; \
         worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_talk_to_its_own_host_only() {
        let with_host = policy(Some("localhost:8000"));
        assert!(with_host.contains("connect-src 'self' ws://localhost:8000 wss://localhost:8000;"));
        assert!(policy(None).contains("connect-src 'self';"));
    }
}
