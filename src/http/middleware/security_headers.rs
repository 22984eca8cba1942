//! Security headers on every response, and a content security policy on HTML pages.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::origin;
use crate::http::response::common_headers::set_common_headers;

/// Extension of a response with a page that needs another policy than the playground.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PagePolicy {
    /// With inline styles: the playground's editor inserts them at run time.
    #[default]
    InlineStyles,
    /// With no styles but those of its files.
    Strict,
    /// The same, and pages of other origins may frame it.
    Framed,
}

/// Adds the common headers to every response, and the content security policy to pages.
pub(crate) async fn add_security_headers(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).cloned();
    let mut response = next.run(request).await;
    let page_policy: PagePolicy = response.extensions().get().copied().unwrap_or_default();
    let headers = response.headers_mut();
    set_common_headers(headers);
    if is_page(headers) {
        let host = host.as_ref().and_then(origin::valid_host);
        let policy = content_security_policy(host, page_policy);
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

/// Allows resources of this host only.
fn content_security_policy(host: Option<&str>, policy: PagePolicy) -> String {
    let (inline_styles, ancestors) = match policy {
        PagePolicy::InlineStyles => (" 'unsafe-inline'", "'none'"),
        PagePolicy::Strict => ("", "'none'"),
        PagePolicy::Framed => ("", "*"),
    };
    // In older browsers, 'self' does not include a WebSocket to the same host.
    let sockets = host
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{inline_styles}; \
         img-src 'self' data:; font-src 'self' data:; connect-src 'self'{sockets}; \
         worker-src 'self'; frame-ancestors {ancestors}; base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_connect_to_its_own_host_only() {
        let with_host = content_security_policy(Some("localhost:8000"), PagePolicy::default());
        assert!(with_host.contains("connect-src 'self' ws://localhost:8000 wss://localhost:8000;"));
        let without_host = content_security_policy(None, PagePolicy::default());
        assert!(without_host.contains("connect-src 'self';"));
    }

    #[test]
    fn only_a_page_for_frames_can_be_framed() {
        for (policy, styles, ancestors) in [
            (PagePolicy::InlineStyles, "'self' 'unsafe-inline'", "'none'"),
            (PagePolicy::Strict, "'self'", "'none'"),
            (PagePolicy::Framed, "'self'", "*"),
        ] {
            let policy = content_security_policy(None, policy);
            assert!(policy.contains(&format!("style-src {styles};")), "{policy}");
            assert!(
                policy.contains(&format!("frame-ancestors {ancestors};")),
                "{policy}"
            );
        }
    }
}
