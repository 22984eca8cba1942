//! Wordings: how sentences speak about the request of an initiative, by language.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Parts of sentences about one initiative.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wording {
    /// Completes "has asked states".
    pub ask: String,
    /// The stance `IMPLEMENTING` as a label.
    pub carried_out: String,
    /// Completes "13 states", now.
    pub have_carried_out: String,
    /// Completes "13 states", in the past.
    pub had_carried_out: String,
}

/// By slug, then by language. The entry of the bundled initiative was recorded before there were wordings, and never changes.
static BUNDLED: LazyLock<HashMap<String, HashMap<String, Wording>>> = LazyLock::new(|| {
    let json = include_str!("../../data/wordings.json");
    serde_json::from_str(json).expect("data/wordings.json has a wording for each language")
});

/// The wording of an initiative in a BCP 47 language, or in English; none if there is no wording for this slug.
pub fn find_wording(slug: &str, language: &str) -> Option<&'static Wording> {
    let wordings = BUNDLED.get(slug)?;
    let language = language.split(['-', '_']).next().unwrap_or_default();
    let in_language = wordings.get(&language.to_ascii_lowercase());
    in_language.or_else(|| wordings.get("en"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bundled_wording_is_there_in_english() {
        for (slug, wordings) in BUNDLED.iter() {
            assert!(wordings.contains_key("en"), "{slug}");
            assert_eq!(find_wording(slug, "xx"), wordings.get("en"));
            assert_eq!(find_wording(slug, ""), wordings.get("en"));
        }
        assert_eq!(find_wording("no-initiative", "en"), None);
    }
}
