//! Resolving of texts to countries: codes, names and aliases in every language, without regard to case, accents, punctuation and
//! the order of words; abbreviated and official long names; misspellings by one or two letters.
//!
//! A text has candidates with scores. It names the first one if its score is higher than that of the second one.

mod misspelling;
mod parts;
mod tables;
#[cfg(test)]
mod tests;
mod words;

use super::Country;
use crate::model::string_enum::string_enum;
use tables::{OTHER_KIND_SCORE, TABLES, is_no_country};
use words::Words;

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
    let mut found = TABLES.find_code(text);
    if found.is_empty() {
        found = find_name(text);
    }
    found.sort_by(|one, other| {
        let by_score = other.score.cmp(&one.score);
        by_score.then_with(|| one.country.code.cmp(&other.country.code))
    });
    found.truncate(MAX_CANDIDATES);
    found
}

fn find_name(text: &str) -> Vec<CountryMatch> {
    let words = Words::of(text);
    if is_no_country(&words.sorted()) {
        return Vec::new();
    }
    let mut found = TABLES.find_name(&words);
    if found.is_empty() {
        found = parts::find_by_parts(text);
    }
    // A name with another kind of state may be a misspelling of another name: "Dominica Republic".
    if found.iter().all(|one| one.score == OTHER_KIND_SCORE) {
        for similar in misspelling::find_similar(&words) {
            let is_same = |one: &CountryMatch| one.country.code == similar.country.code;
            if !found.iter().any(is_same) {
                found.push(similar);
            }
        }
    }
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
