//! Built files of the atlas, and their names for the page.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use rust_embed::Embed;
use serde::Deserialize;

use crate::http::{pages::static_files, response::error::HttpError};

#[derive(Embed)]
#[folder = "web/dist/atlas"]
struct Files;

pub(in crate::http) async fn file(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    static_files::serve::<Files>(&path, &headers)
}

/// The optional script for pages with frames, which gives them their height.
pub(in crate::http) async fn embed_script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, include_str!("../../../../web/atlas/embed.js"))
}

/// Addresses of what the page loads.
pub(super) struct Assets {
    pub(super) script: String,
    pub(super) style: String,
    pub(super) shapes: String,
    pub(super) fonts: Vec<String>,
}

/// From the manifest of the build.
pub(super) static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let manifest = Files::get("manifest.json").expect("the build writes a manifest");
    let chunks: HashMap<String, Chunk> =
        serde_json::from_slice(&manifest.data).expect("the manifest is an object of files");
    let address = |file: &str| format!("/atlas/{file}");
    let entry = chunks
        .values()
        .find(|chunk| chunk.is_entry)
        .expect("the manifest has an entry");
    let mut fonts: Vec<String> = entry
        .assets
        .iter()
        .filter(|file| is_font(file))
        .map(|file| address(file))
        .collect();
    fonts.sort();
    Assets {
        script: address(&entry.file),
        style: entry
            .css
            .first()
            .map(|file| address(file))
            .unwrap_or_default(),
        shapes: address(&chunks["shapes.json"].file),
        fonts,
    }
});

/// The file of the shapes that the page loads.
pub(super) fn shapes_file() -> Cow<'static, [u8]> {
    content(&ASSETS.shapes)
}

/// A font that the page loads.
pub(super) fn font_file(name: &str) -> Cow<'static, [u8]> {
    let mut fonts = ASSETS.fonts.iter();
    let address = fonts.find(|address| address.contains(name));
    content(address.expect("the build has the fonts of the page"))
}

fn content(address: &str) -> Cow<'static, [u8]> {
    let file = address.strip_prefix("/atlas/").and_then(Files::get);
    file.expect("what the manifest names is built").data
}

fn is_font(file: &str) -> bool {
    let ending = std::path::Path::new(file).extension();
    ending.is_some_and(|ending| ending == "woff2")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    file: String,
    #[serde(default)]
    is_entry: bool,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    assets: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_loads_is_built() {
        let Assets {
            script,
            style,
            shapes,
            fonts,
        } = &*ASSETS;
        assert_eq!(fonts.len(), 2);
        for address in [script, style, shapes].into_iter().chain(fonts) {
            let path = address.strip_prefix("/atlas/").unwrap();
            assert!(Files::get(path).is_some(), "{address}");
            let is_compressed = Files::get(&format!("{path}.br")).is_some();
            assert_eq!(is_compressed, !is_font(path), "{address}");
        }
    }
}
