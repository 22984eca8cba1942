//! Tokenizer for full-text search on PostgreSQL; SQLite tokenizes by itself.
//!
//! It follows SQLite's `unicode61 remove_diacritics 2`: runs of letters and digits, without case and, in Latin script,
//! without accents (<https://www.sqlite.org/fts5.html#unicode61_tokenizer>).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Longer tokens are truncated: PostgreSQL accepts lexemes of less than 2 KiB.
const MAX_TOKEN_BYTES: usize = 1_024;
/// The highest position in a `tsvector`, <https://www.postgresql.org/docs/15/textsearch-limitations.html>.
const MAX_POSITION: usize = 16_383;

/// A word in its normalised form, and its byte range in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub folded: String,
    pub range: Range<usize>,
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_letter)?;
        let length = text[start..].find(|c| !is_letter(c) && !ACCENTS.contains(&c));
        rest = length.map_or(text.len(), |length| start + length);
        let mut folded: String = text[start..rest].chars().flat_map(normalise).collect();
        folded.truncate(folded.floor_char_boundary(MAX_TOKEN_BYTES));
        let range = start..rest;
        Some(Token { folded, range })
    })
}

/// Combining marks that belong to the letter before them; others, such as vowels of Devanagari, separate words in SQLite.
const ACCENTS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{331}';

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_combining_mark(c)
}

/// Lower case; a Latin letter without its accents, a combining mark removed.
fn normalise(c: char) -> impl Iterator<Item = char> {
    let mut base = None;
    if !is_combining_mark(c) {
        decompose_canonical(c, |part| base = base.or(Some(part)));
    }
    let base = base.filter(char::is_ascii_alphabetic);
    let letter = base.or_else(|| (!is_combining_mark(c)).then_some(c));
    letter.into_iter().flat_map(char::to_lowercase)
}

/// Title and body as the text of a PostgreSQL `tsvector`, and the number of their words.
pub fn vector(title: &str, body: &str) -> (String, i64) {
    let mut positions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut size = 0;
    for word in tokens(title).chain(tokens(body)) {
        size += 1;
        let position = usize::min(size, MAX_POSITION);
        positions.entry(word.folded).or_default().push(position);
    }
    let mut text = String::new();
    for (word, positions) in positions {
        let positions: Vec<String> = positions.iter().map(ToString::to_string).collect();
        write!(text, "'{word}':{} ", positions.join(",")).expect("writing to a String cannot fail");
    }
    (text, i64::try_from(size).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        tokens(text).map(|word| word.folded).collect()
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
    fn a_token_has_its_byte_range() {
        let text = "d’Ivoire, Côte";
        let words: Vec<&str> = tokens(text).map(|word| &text[word.range]).collect();
        assert_eq!(words, ["d", "Ivoire", "Côte"]);
    }

    #[test]
    fn positions_in_a_vector_continue_from_title_to_body() {
        let (text, size) = vector("Peru", "peru 'says' no");
        assert_eq!((text.as_str(), size), ("'no':4 'peru':1,2 'says':3 ", 4));
    }
}
