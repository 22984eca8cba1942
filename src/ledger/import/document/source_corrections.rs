//! Corrections of sources of a document of format 2, which are recorded after its statements.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::fields::{Fields, item_path};
use super::source::{SOURCE_KEYS, parse_fields};
use super::{Errors, Source};

/// New data of a source, all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceCorrection {
    /// Unique among the corrections of sources of the document.
    pub key: String,
    /// Key of the source. Several corrections of one source are recorded in the order of the file.
    pub source: String,
    pub reason: String,
    /// The new data, under the key of the correction.
    #[serde(flatten, with = "without_key")]
    pub data: Source,
}

/// The data are written beside the key, and not with it a second time.
mod without_key {
    use serde::{Serialize as _, Serializer};
    use serde_json::Value;

    use super::Source;

    pub(super) fn serialize<S: Serializer>(
        source: &Source,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut value = serde_json::to_value(source).map_err(serde::ser::Error::custom)?;
        if let Value::Object(fields) = &mut value {
            fields.remove("key");
        }
        value.serialize(serializer)
    }
}

/// Longest chain of copies that a correction may make.
const MAX_CHAIN: usize = 1_000;

pub(super) fn parse(path: String, value: &Value, errors: &mut Errors) -> Option<SourceCorrection> {
    let keys = [&SOURCE_KEYS[..], &["source", "reason"]].concat();
    let fields = Fields::open(path, value, &keys, errors)?;
    let [source, reason] = ["source", "reason"].map(|key| fields.text(key, errors));
    let data = parse_fields(&fields, errors);
    let (data, source, reason) = (data?, source?, reason?);
    Some(SourceCorrection {
        key: data.key.clone(),
        source,
        reason,
        data,
    })
}

/// Checks that corrections have different keys, name sources, change something, and make no source derive from itself.
pub(super) fn check(corrections: &[SourceCorrection], sources: &[Source], errors: &mut Errors) {
    let by_key = sources.iter().map(|source| (source.key.as_str(), source));
    let mut newest: HashMap<&str, &Source> = by_key.collect();
    let mut keys = HashSet::new();
    for (index, correction) in corrections.iter().enumerate() {
        let path = item_path("sourceCorrections", index, Some(&correction.key));
        if !keys.insert(&correction.key) {
            let message = "duplicate key, already used by an earlier correction";
            errors.add(format!("{path}.key"), message);
        }
        let Some((key, before)) = newest.get_key_value(correction.source.as_str()) else {
            let message = format!("there is no source with the key `{}`", correction.source);
            errors.add(format!("{path}.source"), message);
            continue;
        };
        if has_same_data(before, &correction.data) {
            let message = format!("`{}` has these data already", correction.source);
            errors.add(path.clone(), message);
        }
        newest.insert(key, &correction.data);
        check_original(correction, &newest, &path, errors);
    }
}

fn has_same_data(one: &Source, other: &Source) -> bool {
    let other = Source {
        key: one.key.clone(),
        ..other.clone()
    };
    *one == other
}

fn check_original(
    correction: &SourceCorrection,
    newest: &HashMap<&str, &Source>,
    path: &str,
    errors: &mut Errors,
) {
    let path = format!("{path}.derivedFrom");
    let mut next = correction.data.derived_from.as_deref();
    for step in 0..=MAX_CHAIN {
        let Some(key) = next else {
            return;
        };
        if key == correction.source {
            errors.add(path, "is a circular reference");
            return;
        }
        match newest.get(key) {
            Some(original) => next = original.derived_from.as_deref(),
            None if step == 0 => {
                errors.add(path, format!("there is no source with the key `{key}`"));
                return;
            }
            None => return,
        }
    }
    let message = format!("is one of more than {MAX_CHAIN} sources that derive from each other");
    errors.add(path, message);
}
