//! `/robots.txt` and the icon of the site.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
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
    let is_unchanged = etag::is_none_match(&request, &tag);
    let headers = [
        (header::ETAG, tag),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=86400"),
        ),
    ];
    if is_unchanged {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, "image/svg+xml")];
    (headers, content_type, ICON).into_response()
}
