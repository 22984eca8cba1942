//! oEmbed (oembed.com): what a page of another site needs to show a view in a frame.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use url::{Url, form_urlencoded};

use super::view::View;
use crate::http::{pages::escape, response::error::HttpError, state::AppState};

const WIDTH: u32 = 800;
const HEIGHT: u32 = 620;

#[derive(Default)]
struct Parameters {
    url: Option<String>,
    format: Option<String>,
    max_width: Option<u32>,
    max_height: Option<u32>,
}

impl Parameters {
    fn read(query: &str) -> Self {
        let mut parameters = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "url" => parameters.url = Some(value.into_owned()),
                "format" => parameters.format = Some(value.into_owned()),
                "maxwidth" => parameters.max_width = value.parse().ok(),
                "maxheight" => parameters.max_height = value.parse().ok(),
                _ => {}
            }
        }
        parameters
    }
}

pub(in crate::http) async fn document(
    State(app): State<Arc<AppState>>,
    RawQuery(query): RawQuery,
) -> Response {
    let parameters = Parameters::read(query.as_deref().unwrap_or_default());
    if parameters
        .format
        .as_deref()
        .is_some_and(|format| format != "json")
    {
        return StatusCode::NOT_IMPLEMENTED.into_response();
    }
    let Some(view) = parameters
        .url
        .as_deref()
        .and_then(|url| view_of(url, &app.public_url))
    else {
        return HttpError::not_found().into_response();
    };
    let width = parameters.max_width.map_or(WIDTH, |most| most.min(WIDTH));
    let height = parameters
        .max_height
        .map_or(HEIGHT, |most| most.min(HEIGHT));
    let frame = frame_address(&app.public_url, &view);
    let html = format!(
        "<iframe src=\"{}\" width=\"{width}\" height=\"{height}\" title=\"Démarche\" loading=\"lazy\" frameborder=\"0\"></iframe>",
        escape(&frame)
    );
    Json(json!({
        "version": "1.0",
        "type": "rich",
        "provider_name": "Démarche",
        "provider_url": app.public_url,
        "title": "Démarche",
        "width": width,
        "height": height,
        "html": html,
    }))
    .into_response()
}

/// The view of an address of this server; `None` for every other address.
fn view_of(address: &str, public_url: &str) -> Option<View> {
    let (url, own) = (Url::parse(address).ok()?, Url::parse(public_url).ok()?);
    let is_own = url.origin() == own.origin() && matches!(url.path(), "/" | "/embed");
    is_own.then(|| View::read(url.query().unwrap_or_default()))
}

/// Some consumers decode entities twice, so that `&region=` becomes `®ion=`. A separator that is escaped as a part of one key
/// survives that: the view stands in `v`.
fn frame_address(public_url: &str, view: &View) -> String {
    let query = view.query();
    let Some(keys) = query.strip_prefix('?') else {
        return format!("{public_url}/embed");
    };
    if keys.contains('&') {
        let view: String = form_urlencoded::byte_serialize(keys.as_bytes()).collect();
        format!("{public_url}/embed?v={view}")
    } else {
        format!("{public_url}/embed?{keys}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_one_key_at_most() {
        let site = "https://demarche.example";
        for (query, frame) in [
            ("", "/embed"),
            ("?on=2025-07-01", "/embed?on=2025-07-01"),
            ("?c=RW%7ESZ", "/embed?c=RW~SZ"),
            (
                "?c=RW~SZ&on=2025-07-01",
                "/embed?v=c%3DRW%7ESZ%26on%3D2025-07-01",
            ),
        ] {
            let view = view_of(&format!("{site}/{query}"), site).unwrap();
            let address = frame_address(site, &view);
            assert_eq!(address, format!("{site}{frame}"));
            let (_, inner) = address.split_once('?').unwrap_or_default();
            assert_eq!(View::read(inner), view);
        }
        for other in [
            "https://other.example/",
            "https://demarche.example/graphql",
            "x",
            "",
        ] {
            assert_eq!(view_of(other, site), None, "{other}");
        }
    }
}
