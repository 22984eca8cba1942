//! Static files of the playground, embedded in the binary, so that no CDN sees its users.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, header},
    response::{Redirect, Response},
};
use rust_embed::Embed;

use super::static_files;
use crate::http::response::common_headers::NO_CACHE;
use crate::{
    config::access::AccessConfig,
    http::{
        response::{error::HttpError, etag},
        state::AppState,
    },
};

#[derive(Embed)]
#[folder = "web/dist/playground"]
struct Files;

/// Redirects to the URL with a trailing slash, because the page refers to its files by relative URLs. The query is
/// passed on: it contains the operation of a link.
pub(crate) async fn redirect(RawQuery(query): RawQuery) -> Redirect {
    match query {
        Some(query) => Redirect::permanent(&format!("/playground/?{query}")),
        None => Redirect::permanent("/playground/"),
    }
}

pub(crate) async fn index(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    serve_file(INDEX, &headers, &app.access)
}

pub(crate) async fn file(
    State(app): State<Arc<AppState>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    serve_file(&path, &headers, &app.access)
}

const INDEX: &str = "index.html";

fn serve_file(
    path: &str,
    request: &HeaderMap,
    access: &AccessConfig,
) -> Result<Response, HttpError> {
    if path != INDEX {
        return static_files::serve::<Files>(path, request);
    }
    let file = Files::get(INDEX).ok_or_else(HttpError::not_found)?;
    let page = index_html(&file.data, access);
    let tag = etag::from_parts(&[page.as_bytes()]);
    let caching = [(header::CACHE_CONTROL, NO_CACHE)];
    let content_type = [(header::CONTENT_TYPE, static_files::content_type(&file))];
    Ok(etag::respond(request, tag, caching, (content_type, page)))
}

/// Start of the element by which the page learns what this server offers.
const ACCESS_META: &str = "<meta name=\"demarche-access\" content=\"";

/// The page, with the switches of this server that concern it.
fn index_html(page: &[u8], access: &AccessConfig) -> String {
    let switches = [
        (access.no_introspection, "no-introspection"),
        (access.only_trusted, "only-trusted"),
    ];
    let set: Vec<&str> = switches
        .into_iter()
        .filter_map(|(is_set, name)| is_set.then_some(name))
        .collect();
    let page = String::from_utf8_lossy(page);
    page.replacen(ACCESS_META, &format!("{ACCESS_META}{}", set.join(" ")), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_learns_what_the_server_offers() {
        let access = AccessConfig {
            no_introspection: true,
            only_trusted: true,
            ..AccessConfig::default()
        };
        let page = index_html(&Files::get(INDEX).unwrap().data, &access);
        assert!(
            page.contains("content=\"no-introspection only-trusted\""),
            "{page}"
        );
    }

    #[test]
    fn files_have_the_content_types_that_browsers_require() {
        for path in Files::iter() {
            let actual = static_files::content_type(&Files::get(&path).unwrap());
            let expected = match path.rsplit_once('.').unwrap().1 {
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                "html" => "text/html; charset=utf-8",
                "txt" => "text/plain; charset=utf-8",
                "ttf" => "font/ttf",
                "br" | "gz" => continue,
                other => panic!("unexpected file type: {other}"),
            };
            assert_eq!(actual, expected, "{path}");
        }
    }
}
