//! Static files of the playground, embedded in the binary, so that no CDN sees its users.

use axum::{
    extract::{Path, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use rust_embed::{Embed, EmbeddedFile};

use crate::http::response::{error::HttpError, etag};

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

pub(crate) async fn index(headers: HeaderMap) -> Result<Response, HttpError> {
    serve_file("index.html", &headers)
}

pub(crate) async fn file(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    serve_file(&path, &headers)
}

fn serve_file(path: &str, request: &HeaderMap) -> Result<Response, HttpError> {
    let file = Files::get(path).ok_or_else(HttpError::not_found)?;
    // Names under assets/ contain a hash of the content; other files may change with the next release.
    let cache_control = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let tag = etag::from_digest(&file.metadata.sha256_hash());
    let is_unchanged = etag::is_none_match(request, &tag);
    let headers = [
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static(cache_control),
        ),
        (header::ETAG, tag),
    ];
    if is_unchanged {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let content_type = [(header::CONTENT_TYPE, content_type(&file))];
    Ok((headers, content_type, file.data).into_response())
}

fn content_type(file: &EmbeddedFile) -> String {
    let media_type = file.metadata.mimetype();
    if media_type.starts_with("text/") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_content_types_that_browsers_require() {
        for path in Files::iter() {
            let actual = content_type(&Files::get(&path).unwrap());
            let expected = match path.rsplit_once('.').unwrap().1 {
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                "html" => "text/html; charset=utf-8",
                "txt" => "text/plain; charset=utf-8",
                "ttf" => "font/ttf",
                other => panic!("unexpected file type: {other}"),
            };
            assert_eq!(actual, expected, "{path}");
        }
    }
}
