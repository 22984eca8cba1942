//! The playground's built files, out of the binary: no CDN sees who explores what.

use axum::{
    extract::{Path, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use rust_embed::{Embed, EmbeddedFile};

use crate::http::response::{error::Refusal, etag};

#[derive(Embed)]
#[folder = "web/dist/playground"]
struct Files;

/// The page names its files relative to itself, so the slash matters; a link's operation is in the query.
pub(crate) async fn redirect(RawQuery(query): RawQuery) -> Redirect {
    match query {
        Some(query) => Redirect::permanent(&format!("/playground/?{query}")),
        None => Redirect::permanent("/playground/"),
    }
}

pub(crate) async fn index(headers: HeaderMap) -> Result<Response, Refusal> {
    find("index.html", &headers)
}

pub(crate) async fn file(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    find(&path, &headers)
}

fn find(path: &str, request: &HeaderMap) -> Result<Response, Refusal> {
    let file = Files::get(path).ok_or_else(Refusal::not_found)?;
    // Names under assets/ hold a hash of the content; all others may change with the next release.
    let caching = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let tag = etag::of_digest(&file.metadata.sha256_hash());
    let known = etag::is_known(request, &tag);
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (header::ETAG, tag),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let kind = [(header::CONTENT_TYPE, content_type(&file))];
    Ok((headers, kind, file.data).into_response())
}

fn content_type(file: &EmbeddedFile) -> String {
    let kind = file.metadata.mimetype();
    if kind.starts_with("text/") {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_types_that_browsers_insist_on() {
        for path in Files::iter() {
            let kind = content_type(&Files::get(&path).unwrap());
            let expected = match path.rsplit_once('.').unwrap().1 {
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                "html" => "text/html; charset=utf-8",
                "txt" => "text/plain; charset=utf-8",
                "ttf" => "font/ttf",
                other => panic!("a new kind of file: {other}"),
            };
            assert_eq!(kind, expected, "{path}");
        }
    }
}
