//! The words that a text is found by, where a database does not cut it by itself.
//!
//! As SQLite's `unicode61 remove_diacritics 2` does it: runs of letters and digits, without case and, in Latin script,
//! without accents (<https://www.sqlite.org/fts5.html#unicode61_tokenizer>).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Bytes of a word that count: PostgreSQL takes lexemes of less than 2 KiB.
const WORD: usize = 1_024;
/// Places that a `tsvector` can tell apart, <https://www.postgresql.org/docs/15/textsearch-limitations.html>.
const PLACES: usize = 16_383;

/// A word, as it is looked for, and where it stands in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub folded: String,
    pub place: Range<usize>,
}

/// The words of a text, in their order.
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let begin = rest + text[rest..].find(is_letter)?;
        let length = text[begin..].find(|c| !is_letter(c) && !ACCENTS.contains(&c));
        rest = length.map_or(text.len(), |length| begin + length);
        let mut folded: String = text[begin..rest].chars().flat_map(fold).collect();
        folded.truncate(folded.floor_char_boundary(WORD));
        let place = begin..rest;
        Some(Word { folded, place })
    })
}

/// Marks that belong to the letter before them; others, such as vowels of Devanagari, part words there.
const ACCENTS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{331}';

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_combining_mark(c)
}

/// Without case; a Latin letter without its accents, as none of its own.
fn fold(c: char) -> impl Iterator<Item = char> {
    let mut base = None;
    if !is_combining_mark(c) {
        decompose_canonical(c, |part| base = base.or(Some(part)));
    }
    let base = base.filter(char::is_ascii_alphabetic);
    let kept = base.or_else(|| (!is_combining_mark(c)).then_some(c));
    kept.into_iter().flat_map(char::to_lowercase)
}

/// Title and body as the text of a `tsvector` of PostgreSQL, and the number of their words.
pub fn vector(title: &str, body: &str) -> (String, i64) {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut size = 0;
    for word in words(title).chain(words(body)) {
        size += 1;
        let place = usize::min(size, PLACES);
        places.entry(word.folded).or_default().push(place);
    }
    let mut text = String::new();
    for (word, places) in places {
        let places: Vec<String> = places.iter().map(ToString::to_string).collect();
        write!(text, "'{word}':{} ", places.join(",")).expect("a String takes everything");
    }
    (text, i64::try_from(size).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).map(|word| word.folded).collect()
    }

    #[test]
    fn a_word_is_letters_and_digits_without_case_and_accents() {
        assert_eq!(
            folded("Côte d’Ivoire (2025)"),
            ["cote", "d", "ivoire", "2025"]
        );
        assert_eq!(folded("Co\u{302}te"), ["cote"]);
        assert_eq!(folded("Йемен"), ["йемен"]);
        assert_eq!(folded("Việt Nam"), ["viet", "nam"]);
        assert_eq!(folded("한국 日本"), ["한국", "日本"]);
        assert_eq!(folded(" – "), Vec::<String>::new());
    }

    #[test]
    fn a_word_knows_its_place() {
        let text = "d’Ivoire, Côte";
        let places: Vec<&str> = words(text).map(|word| &text[word.place]).collect();
        assert_eq!(places, ["d", "Ivoire", "Côte"]);
    }

    #[test]
    fn a_vector_counts_on_from_title_to_body() {
        let (text, size) = vector("Peru", "peru 'says' no");
        assert_eq!((text.as_str(), size), ("'no':4 'peru':1,2 'says':3 ", 4));
    }
}
