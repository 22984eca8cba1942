//! Resolving of texts to countries: codes, names and aliases in every language, without regard to case, accents, punctuation and
//! the order of words; abbreviated and official long names; misspellings by one or two letters.
//!
//! A text has candidates with scores. It names the first one if its score is higher than that of the second one.

mod misspelling;
mod tables;
#[cfg(test)]
mod tests;

use super::Country;
use crate::model::string_enum::string_enum;
use tables::{TABLES, Words};

string_enum!(/// How a text names a country, the surest first.
    CountryMatchKind { Code, Name, Alias, Words, UnofficialCode, LongName, Misspelling, Part });

/// A country that a text may name.
#[derive(Clone, Copy, Debug)]
pub struct CountryMatch {
    pub country: &'static Country,
    pub kind: CountryMatchKind,
    /// The code, name or alias that the text equals or resembles.
    pub matched: &'static str,
    /// 100 is certain.
    pub score: u8,
}

/// Bytes of a text; no name has half as many. A longer text names no country, and costs nothing.
const MAX_TEXT_BYTES: usize = 400;

/// Candidates of a text.
const MAX_CANDIDATES: usize = 5;

/// The countries that a text may name, the best first, at most five.
pub fn list_candidates(text: &str) -> Vec<CountryMatch> {
    if text.len() > MAX_TEXT_BYTES {
        return Vec::new();
    }
    let tables = &*TABLES;
    let mut found = tables.find_code(text);
    if found.is_empty() {
        let words = Words::of(text);
        found = tables.find_name(&words);
        if found.is_empty() {
            found = misspelling::find_similar(&words);
        }
    }
    found.sort_by(|one, other| {
        let by_score = other.score.cmp(&one.score);
        by_score.then_with(|| one.country.code.cmp(&other.country.code))
    });
    found.truncate(MAX_CANDIDATES);
    found
}

/// The candidate that is better than all others; `None` if there is none, or several are equal.
pub fn best_of(candidates: &[CountryMatch]) -> Option<CountryMatch> {
    match candidates {
        [first, second, ..] if first.score == second.score => None,
        candidates => candidates.first().copied(),
    }
}

/// The country with this name or alias in any language.
pub fn find_country_by_name(name: &str) -> Option<&'static Country> {
    if name.len() > MAX_TEXT_BYTES {
        return None;
    }
    TABLES.find_exact_name(name)
}

/// The country with this official code of ISO 3166-1, in any case.
pub fn find_country_by_code(code: &str) -> Option<&'static Country> {
    TABLES.find_official_code(code)
}
