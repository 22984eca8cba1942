//! Parser of sources.

use serde_json::Value;

use super::fields::Fields;
use super::{Errors, Source};

pub(super) const SOURCE_KEYS: [&str; 8] = [
    "key",
    "kind",
    "publisher",
    "title",
    "url",
    "publishedOn",
    "language",
    "derivedFrom",
];

pub(super) fn parse(path: String, value: &Value, errors: &mut Errors) -> Option<Source> {
    let fields = Fields::open(path, value, &SOURCE_KEYS, errors)?;
    parse_fields(&fields, errors)
}

pub(super) fn parse_fields(fields: &Fields<'_>, errors: &mut Errors) -> Option<Source> {
    let kind = fields.one_of("kind", errors);
    let [key, publisher, title, language] =
        ["key", "publisher", "title", "language"].map(|key| fields.text(key, errors));
    let [url, published_on, derived_from] =
        ["url", "publishedOn", "derivedFrom"].map(|key| fields.text_or_null(key, errors));
    Some(Source {
        key: key?,
        kind: kind?,
        publisher: publisher?,
        title: title?,
        url: url?,
        published_on: published_on?,
        language: language?,
        derived_from: derived_from?,
    })
}
