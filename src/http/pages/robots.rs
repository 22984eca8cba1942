//! `/robots.txt` and the icon of the site.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use crate::http::{response::etag, state::AppState};

const ICON: &str = include_str!("favicon.svg");

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
