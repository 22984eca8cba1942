//! Built files that are embedded in the binary. The build compresses them; the client's `Accept-Encoding` selects the copy.

use std::borrow::Cow;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};

use crate::http::response::common_headers::{IMMUTABLE_PUBLIC, NO_CACHE};
use crate::http::response::{error::HttpError, etag};

/// Compressed copies, the smaller one first: content coding and ending of the file.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A file with a validator, or 304. The compressed copies have no addresses of their own.
pub(super) fn serve<F: Embed>(path: &str, request: &HeaderMap) -> Result<Response, HttpError> {
    let is_copy = CODINGS.iter().any(|(_, ending)| path.ends_with(ending));
    let file = F::get(path).filter(|_| !is_copy);
    let file = file.ok_or_else(HttpError::not_found)?;
    let content_type = content_type(&file);
    let copy = CODINGS
        .into_iter()
        .filter(|(coding, _)| accepts(request, coding))
        .find_map(|(coding, ending)| Some((coding, F::get(&format!("{path}{ending}"))?)));
    let is_compressible = F::get(&format!("{path}.br")).is_some();
    let (coding, file) = copy.map_or((None, file), |(coding, copy)| (Some(coding), copy));
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, cache_control(path));
    headers.insert(
        header::ETAG,
        etag::from_digest(&file.metadata.sha256_hash()),
    );
    if is_compressible {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if etag::is_none_match(request, &headers[header::ETAG]) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    let content_type = [(header::CONTENT_TYPE, content_type)];
    let data: Cow<'static, [u8]> = file.data;
    Ok((headers, content_type, data).into_response())
}

/// Names under `assets/` contain a hash of the content; other files may change with the next release.
fn cache_control(path: &str) -> HeaderValue {
    if path.starts_with("assets/") {
        IMMUTABLE_PUBLIC
    } else {
        NO_CACHE
    }
}

/// Whether the client names the content coding (RFC 9110, 12.5.3); `q=0` rejects it.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let lines = request.get_all(header::ACCEPT_ENCODING).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|item| {
            let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
            let quality = parameters.trim().trim_start_matches("q=");
            let is_rejected = quality.parse::<f32>().is_ok_and(|quality| quality == 0.0);
            name.trim().eq_ignore_ascii_case(coding) && !is_rejected
        })
}

pub(super) fn content_type(file: &EmbeddedFile) -> String {
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
    fn a_coding_is_used_only_if_the_client_names_it() {
        let accepts = |value: &'static str, coding| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            super::accepts(&headers, coding)
        };
        assert!(accepts("gzip, deflate, br, zstd", "br"));
        assert!(accepts("BR;q=0.5", "br"));
        for value in ["", "*", "gzip", "br;q=0", "br; q=0.000", "brotli"] {
            assert!(!accepts(value, "br"), "{value}");
        }
    }
}
