//! `/robots.txt` and the icon of the site.

use std::sync::{Arc, LazyLock};

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64;

use crate::http::{response::etag, state::AppState};

const ICON: &str = include_str!("favicon.svg");

/// The icon itself as an address, for a page that asks for as little as possible.
pub(super) static ICON_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let icon = BASE64.encode(ICON.as_bytes());
    format!("data:image/svg+xml;base64,{icon}")
});

/// Pages of the past are left out: there are as many as instants.
pub(in crate::http) async fn robots(State(app): State<Arc<AppState>>) -> impl IntoResponse {
    let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    let text = format!(
        "User-agent: *\nDisallow: /*?at=\nDisallow: /*&at=\nDisallow: /timegate/\nDisallow: /graphql\n\nSitemap: {}/sitemap.xml\n",
        app.public_url
    );
    (content_type, text)
}

pub(in crate::http) async fn icon(request: HeaderMap) -> Response {
    let tag = etag::from_parts(&[ICON.as_bytes()]);
    let caching = [(header::CACHE_CONTROL, "public, max-age=86400")];
    let content_type = [(header::CONTENT_TYPE, "image/svg+xml")];
    etag::respond(&request, tag, caching, (content_type, ICON))
}
