//! oEmbed (oembed.com): what a page of another site needs to show a view in a frame.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use serde_json::json;
use url::{Url, form_urlencoded};

use super::{picture, view::View};
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
        return HttpError::only_json().into_response();
    }
    let Some(view) = parameters
        .url
        .as_deref()
        .and_then(|url| view_of(url, &app.public_url))
    else {
        return HttpError::not_found().into_response();
    };
    let (most_width, most_height) = (
        parameters.max_width.unwrap_or(u32::MAX),
        parameters.max_height.unwrap_or(u32::MAX),
    );
    let (width, height) = (WIDTH.min(most_width), HEIGHT.min(most_height));
    let frame = frame_address(&app.public_url, &view);
    let html = format!(
        "<iframe src=\"{}\" width=\"{width}\" height=\"{height}\" title=\"Démarche\" loading=\"lazy\" frameborder=\"0\"></iframe>",
        escape(&frame)
    );
    let mut answer = json!({
        "version": "1.0",
        "type": "rich",
        "provider_name": "Démarche",
        "provider_url": app.public_url,
        "title": "Démarche",
        "width": width,
        "height": height,
        "html": html,
    });
    if let Some((width, height)) = thumbnail_size(most_width, most_height) {
        let picture = picture::address_of_size(&view, width, height);
        answer["thumbnail_url"] = format!("{}{picture}", app.public_url).into();
        answer["thumbnail_width"] = width.into();
        answer["thumbnail_height"] = height.into();
    }
    Json(answer).into_response()
}

/// The largest picture of the usual shape within these bounds; `None` if it would be too small to draw.
fn thumbnail_size(most_width: u32, most_height: u32) -> Option<(u32, u32)> {
    let (width, height) = picture::DEFAULT_SIZE;
    let width = width
        .min(most_width)
        .min(most_height.saturating_mul(width) / height);
    let height = width * height / picture::DEFAULT_SIZE.0;
    let is_drawn = picture::SIZES.contains(&width) && picture::SIZES.contains(&height);
    is_drawn.then_some((width, height))
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
    fn a_thumbnail_is_within_its_bounds() {
        for (bounds, size) in [
            ((u32::MAX, u32::MAX), Some((1200, 630))),
            ((800, u32::MAX), Some((800, 420))),
            ((u32::MAX, 315), Some((600, 315))),
            ((400, 400), None),
            ((0, 0), None),
        ] {
            assert_eq!(thumbnail_size(bounds.0, bounds.1), size, "{bounds:?}");
        }
    }

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
