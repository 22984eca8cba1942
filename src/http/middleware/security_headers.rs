//! Security headers on every response, and a content security policy on HTML pages.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::origin;
use crate::http::response::common_headers::set_common_headers;

/// Extension of a response whose page has no styles but those of its files.
#[derive(Clone, Copy)]
pub(crate) struct StrictPolicy;

/// Adds the common headers to every response, and the content security policy to pages.
pub(crate) async fn add_security_headers(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).cloned();
    let mut response = next.run(request).await;
    let is_strict = response.extensions().get::<StrictPolicy>().is_some();
    let headers = response.headers_mut();
    set_common_headers(headers);
    if is_page(headers) {
        let host = host.as_ref().and_then(origin::valid_host);
        let policy = content_security_policy(host, is_strict);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    response
}

fn is_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|content_type| content_type.as_bytes().starts_with(b"text/html"))
}

/// Allows resources of this host only. `'unsafe-inline'` is for styles only: the playground's editor inserts them at
/// run time.
fn content_security_policy(host: Option<&str>, is_strict: bool) -> String {
    let inline_styles = if is_strict { "" } else { " 'unsafe-inline'" };
    // In older browsers, 'self' does not include a WebSocket to the same host.
    let sockets = host
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{inline_styles}; \
         img-src 'self' data:; font-src 'self' data:; connect-src 'self'{sockets}; \
         worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_connect_to_its_own_host_only() {
        let with_host = content_security_policy(Some("localhost:8000"), false);
        assert!(with_host.contains("connect-src 'self' ws://localhost:8000 wss://localhost:8000;"));
        assert!(content_security_policy(None, false).contains("connect-src 'self';"));
    }

    #[test]
    fn a_strict_page_has_no_inline_styles() {
        assert!(content_security_policy(None, true).contains("style-src 'self';"));
        assert!(content_security_policy(None, false).contains("style-src 'self' 'unsafe-inline';"));
    }
}
