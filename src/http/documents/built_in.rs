//! Documents of the pages that this server serves, known by ID without any option: the pages ask them by GET, so that answers
//! have an ETag and are shared.

use std::collections::HashMap;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "web/atlas/operations"]
struct Files;

/// The documents by ID, which is `sha256:` and the digest of the file.
pub(super) fn documents() -> HashMap<String, Arc<str>> {
    let files = Files::iter().filter_map(|name| Files::get(&name));
    let documents = files.filter_map(|file| {
        let id = format!("sha256:{}", HEXLOWER.encode(&file.metadata.sha256_hash()));
        let text = std::str::from_utf8(&file.data).ok()?;
        Some((id, text.into()))
    });
    documents.collect()
}
