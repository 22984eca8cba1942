//! A view as a picture at `/image.svg` and `/image.png`, for previews, print and pages that show no frames.
//! In English, whose letters the fonts have.
//!
//! A picture is drawn from an answer that is pinned to a ledger entry, so a picture of an entry never changes and may be cached
//! for ever. PNGs are cached here too, because they cost the most.

mod canvas;
mod compose;
mod drawing;
mod font;
mod headline;
mod labels;
mod map;
mod options;
mod palette;
mod raster;
mod scene;
mod world;

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use quick_cache::{Weighter, sync::Cache};
use tokio::{sync::Semaphore, time::timeout};

use super::view::View;
use crate::http::response::common_headers::{IMMUTABLE_PUBLIC, NO_CACHE};
use crate::http::{
    pages::request::PageRequest,
    response::{error::HttpError, etag},
};
use options::Options;
pub(super) use options::{DEFAULT_SIZE, SIZES};

/// Units of cost for drawing a PNG of 1200 × 630, besides the operations of its view; a larger one costs more by its pixels.
const PNG_COST: u32 = 45_000;
const PNG_PIXELS: u32 = 1200 * 630;
/// For a PNG that is drawn already.
const REPEAT_COST: u32 = 20;
/// Total size of cached PNGs.
const CACHE_BYTES: u64 = 8 << 20;
const TYPICAL_PNG_BYTES: usize = 128 << 10;

/// The PNGs of one server.
pub(in crate::http) struct Pictures {
    drawn: Cache<String, Bytes, BytesWeighter>,
    /// One is drawn at a time, so that pictures take one core at most.
    drawing: Semaphore,
}

#[derive(Clone)]
struct BytesWeighter;

impl Weighter<String, Bytes> for BytesWeighter {
    fn weight(&self, key: &String, png: &Bytes) -> u64 {
        (key.len() + png.len()) as u64
    }
}

impl Default for Pictures {
    fn default() -> Self {
        let entries = usize::try_from(CACHE_BYTES).unwrap_or(usize::MAX) / TYPICAL_PNG_BYTES;
        Self {
            drawn: Cache::with_weighter(entries, CACHE_BYTES, BytesWeighter),
            drawing: Semaphore::new(1),
        }
    }
}

/// What is asked for, with the entry that it rests on.
struct Asked {
    view: View,
    options: Options,
    seq: i64,
}

impl Asked {
    /// # Errors
    /// 400 for options that cannot be drawn.
    fn read(request: &PageRequest) -> Result<Self, HttpError> {
        let query = request.query();
        let options = Options::read(query)?;
        Ok(Self {
            view: View::read(query).in_english(),
            options,
            seq: options.seq.unwrap_or_else(|| request.app.feed.head()),
        })
    }

    /// Pictures with the same key are the same.
    fn key(&self) -> String {
        let Self { view, options, seq } = self;
        let Options {
            width,
            height,
            theme,
            seq: _,
        } = options;
        format!("{width} {height} {theme:?} {seq} {}", view.query())
    }
}

pub(in crate::http) async fn svg(request: PageRequest) -> Result<Response, HttpError> {
    let asked = Asked::read(&request)?;
    let svg = compose::svg(&request, &asked, &compose::WEB_FONTS).await?;
    Ok(respond(&request.headers, &asked, "svg", svg.into()))
}

pub(in crate::http) async fn png(
    Extension(pictures): Extension<Arc<Pictures>>,
    request: PageRequest,
) -> Result<Response, HttpError> {
    let asked = Asked::read(&request)?;
    let key = asked.key();
    let is_drawn = pictures.drawn.peek(&key).is_some();
    let cost = if is_drawn {
        REPEAT_COST
    } else {
        png_cost(&asked.options)
    };
    request.charge(cost)?;
    let drawing = draw_png(&request, &pictures, &asked);
    let drawn = pictures.drawn.get_or_insert_async(&key, drawing);
    let png = timeout(*request.app.limits.time.request, drawn).await;
    let png = png.map_err(|_| HttpError::execution_timeout())??;
    Ok(respond(&request.headers, &asked, "png", png))
}

fn png_cost(options: &Options) -> u32 {
    let pixels = options.width * options.height;
    PNG_COST.max(PNG_COST / 1000 * (pixels / (PNG_PIXELS / 1000)))
}

async fn draw_png(
    request: &PageRequest,
    pictures: &Pictures,
    asked: &Asked,
) -> Result<Bytes, HttpError> {
    let svg = compose::svg(request, asked, "").await?;
    let permit = pictures.drawing.acquire().await;
    let png = tokio::task::spawn_blocking(move || raster::png(&svg)).await;
    drop(permit);
    let png = png.map_err(|error| error.to_string()).flatten();
    png.map(Bytes::from).map_err(|cause| {
        tracing::error!(%cause, "picture failed");
        HttpError::internal()
    })
}

/// Path and query of the picture of a view, of the newest entry.
pub(super) fn address_of_size(view: &View, width: u32, height: u32) -> String {
    let query = view.query();
    let separator = if query.is_empty() { '?' } else { '&' };
    format!("/image.png{query}{separator}w={width}&h={height}")
}

/// Path and query of the picture of a view, of the entry that the page rests on, so that previews may keep it for ever.
pub(super) fn address(view: &View, seq: i64) -> String {
    let query = view.query();
    if seq == 0 {
        return format!("/image.png{query}");
    }
    let separator = if query.is_empty() { '?' } else { '&' };
    format!("/image.png{query}{separator}seq={seq}")
}

fn respond(request: &HeaderMap, asked: &Asked, format: &str, picture: Bytes) -> Response {
    let (content_type, policy) = match format {
        "svg" => ("image/svg+xml; charset=utf-8", SVG_POLICY),
        _ => ("image/png", "default-src 'none'"),
    };
    let caching = if asked.options.seq.is_some() {
        IMMUTABLE_PUBLIC
    } else {
        NO_CACHE
    };
    let tag = etag::from_parts(&[&picture]);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, caching),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        ),
        // Pictures hold nothing that is not public.
        (
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        ),
    ];
    etag::respond(request, tag, headers, picture)
}

/// An SVG that is opened as a page runs nothing and loads nothing.
const SVG_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; font-src data:";
