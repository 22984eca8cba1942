//! Whether a client wants a page or JSON where the server has both, as for errors (RFC 9110, 12.5.1).

use axum::http::HeaderMap;

use crate::http::response::accept::{Offer, Specificity, accept_header, preference};

/// Whether the client names `text/html` and prefers JSON less, as browsers do when they open a URL.
pub(super) fn prefers_page(headers: &HeaderMap) -> bool {
    let (page, json) = page_and_json(headers);
    page > 0 && page >= json
}

/// Qualities of `text/html` and of JSON; 0 if the client does not name it. Wildcards express no preference.
fn page_and_json(headers: &HeaderMap) -> (u16, u16) {
    let accept = accept_header(headers).unwrap_or_default();
    let quality = |media_type| {
        preference(&accept, Offer::of(media_type))
            .filter(|(_, specificity, _)| *specificity == Specificity::Exact)
            .map_or(0, |(quality, _, _)| quality)
    };
    let json = ["application/json", "application/graphql-response+json"].map(quality);
    (quality("text/html"), json[0].max(json[1]))
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    #[test]
    fn only_a_client_that_names_html_prefers_a_page() {
        let prefers_page = |accept: &'static str| {
            let headers = [(header::ACCEPT, accept.parse().unwrap())]
                .into_iter()
                .collect();
            super::prefers_page(&headers)
        };
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,*/*;q=0.8", true),
            ("text/html", true),
            ("application/json, text/html;q=0.5", false),
            ("application/graphql-response+json", false),
            ("text/html;q=0", false),
            ("*/*", false),
            ("text/*", false),
        ] {
            assert_eq!(prefers_page(accept), expected, "{accept}");
        }
    }
}
