//! The HTML document around every page, with a validator and links to what this server offers.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::escape;
use crate::http::response::common_headers::NO_CACHE;
use crate::{
    config::access::AccessConfig,
    http::{feeds::discovery, response::etag},
};

/// A page with an `ETag`, or 304.
pub(super) fn page(
    request: &HeaderMap,
    access: &AccessConfig,
    title: &str,
    main: &str,
) -> Response {
    respond(request, StatusCode::OK, html(access, title, main))
}

/// A whole document with an `ETag`, or 304. Errors at the same URL are pages or JSON by `Accept`, hence `Vary`.
pub(super) fn respond(request: &HeaderMap, status: StatusCode, page: Html<String>) -> Response {
    let tag = etag::from_parts(&[page.0.as_bytes()]);
    let headers = [
        (header::CACHE_CONTROL, NO_CACHE),
        (header::VARY, HeaderValue::from_static("accept")),
    ];
    if status == StatusCode::OK {
        return etag::respond(request, tag, headers, page);
    }
    (status, [(header::ETAG, tag)], headers, page).into_response()
}

/// `title` is escaped here; `main` must be HTML.
pub(super) fn html(access: &AccessConfig, title: &str, main: &str) -> Html<String> {
    html_with_head(access, title, "", main)
}

/// As [`html`], with more lines of HTML for its head.
pub(super) fn html_with_head(
    access: &AccessConfig,
    title: &str,
    head: &str,
    main: &str,
) -> Html<String> {
    let title = escape(title);
    let feeds = discovery::site_links();
    let links: String = links(access)
        .map(|(path, name)| format!("<a href=\"{path}\">{name}</a>"))
        .collect::<Vec<_>>()
        .join(" ");
    Html(format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/style.css">
{feeds}{head}</head>
<body>
<header><a href="/">Démarche</a> <nav>{links}</nav></header>
<main>
{main}
</main>
</body>
</html>
"#
    ))
}

/// Lists of recorded things: path and name.
const RECORDS: [(&str, &str); 3] = [
    ("/countries", "Countries"),
    ("/initiatives", "Initiatives"),
    ("/changes", "Changes"),
];

/// Links to what this server offers: path and name.
pub(super) fn links(access: &AccessConfig) -> impl Iterator<Item = (&'static str, &'static str)> {
    let playground = offers_playground(access).then_some(("/playground/", "Playground"));
    let schema = (!access.no_introspection).then_some(("/schema.graphql", "Schema"));
    RECORDS.into_iter().chain(playground).chain(schema)
}

/// Whether a reader can run operations of their own in the playground.
pub(super) fn offers_playground(access: &AccessConfig) -> bool {
    !access.no_playground && !access.only_trusted
}
