//! Tokenizer of full-text search: splits a text into words, in the form in which both databases store and find them.
//!
//! A word is a run of letters, digits and their marks, folded; everything else separates words, apostrophes too (UAX #29
//! would keep `d’Ivoire` together). Where words are written without spaces, in Han, Kana, Thai and their like, each pair of
//! neighbouring letters is a token instead, and the last letter of a run alone. So a word is found inside a run, and a single
//! letter as the beginning of a token.

use std::collections::BTreeMap;
use std::ops::Range;

use super::folding::finish;
use super::word::{MAX_WORD_BYTES, Piece, Word, split};

/// The version of these rules and of the Unicode data behind them; a database whose index has another one is indexed again.
pub const VERSION: i64 = 1;
/// A search text is read up to here.
const MAX_TEXT_BYTES: usize = 16 * 1_024;
/// How often a word of one text counts: PostgreSQL stores 255 positions of a lexeme.
const MAX_REPETITIONS: usize = 255;

/// A token, and its byte range in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub folded: String,
    pub range: Range<usize>,
    /// The first letter of a pair; otherwise the same as `range`.
    first: Range<usize>,
}

/// What a search looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub folded: String,
    /// Whether it also matches as a prefix: the last word, and a single letter of a script without spaces.
    pub is_prefix: bool,
    is_single: bool,
}

impl Term {
    pub fn matches(&self, token: &str) -> bool {
        token == self.folded || (self.is_prefix && token.starts_with(&self.folded))
    }

    /// The byte range to highlight, if the token matches.
    pub fn matched_range(&self, token: &Token) -> Option<Range<usize>> {
        let range = if self.is_single {
            &token.first
        } else {
            &token.range
        };
        self.matches(&token.folded).then(|| range.clone())
    }
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    split(text, |word| {
        match word {
            Word::Spaced(word) => tokens.push(word.into_token()),
            Word::Unspaced(letters) => {
                tokens.extend(letters.windows(2).map(pair));
                tokens.extend(letters.last().cloned().map(Piece::into_token));
            }
        }
        true
    });
    tokens
}

/// The terms of a search text: its first `limit` words or pairs of letters, without repetitions.
pub fn terms(text: &str, limit: usize) -> Vec<Term> {
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let mut terms: Vec<Term> = Vec::new();
    let mut push = |folded: String, is_single: bool| {
        if terms.len() < limit {
            terms.push(Term {
                folded,
                is_prefix: is_single,
                is_single,
            });
        }
        terms.len() < limit
    };
    split(text, |word| match word {
        Word::Spaced(word) => push(word.into_token().folded, false),
        Word::Unspaced(letters) if letters.len() == 1 => letters
            .into_iter()
            .all(|letter| push(letter.into_token().folded, true)),
        Word::Unspaced(letters) => letters.windows(2).all(|two| push(pair(two).folded, false)),
    });
    if let Some(last) = terms.last_mut() {
        last.is_prefix = true;
    }
    let mut seen = Vec::new();
    terms.retain(|term| {
        let is_new = !seen.contains(term);
        seen.extend(is_new.then(|| term.clone()));
        is_new
    });
    terms
}

/// The tokens of a title and body as the index stores them, each with its number of occurrences.
pub fn counts(title: &str, body: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for token in tokens(title).into_iter().chain(tokens(body)) {
        let count = counts.entry(token.folded).or_insert(0);
        *count = usize::min(*count + 1, MAX_REPETITIONS);
    }
    counts
}

impl Piece {
    fn into_token(self) -> Token {
        let mut folded = finish(&self.letters);
        folded.truncate(folded.floor_char_boundary(MAX_WORD_BYTES));
        let first = self.range.clone();
        Token {
            folded,
            range: self.range,
            first,
        }
    }
}

fn pair(letters: &[Piece]) -> Token {
    let text: String = letters
        .iter()
        .map(|letter| letter.letters.as_str())
        .collect();
    let (first, last) = (&letters[0].range, &letters[letters.len() - 1].range);
    let range = first.start..last.end;
    Token {
        first: first.clone(),
        ..Piece {
            letters: text,
            range,
        }
        .into_token()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.folded).collect()
    }

    fn searched(text: &str) -> Vec<String> {
        let end = |term: &Term| if term.is_prefix { "*" } else { "" };
        let terms = terms(text, 16).into_iter();
        terms
            .map(|term| format!("{}{}", term.folded, end(&term)))
            .collect()
    }

    #[test]
    fn a_word_is_letters_and_digits_without_case_and_accents() {
        assert_eq!(
            folded("Côte d’Ivoire (2025)"),
            ["cote", "d", "ivoire", "2025"]
        );
        assert_eq!(folded("Co\u{302}te"), ["cote"]);
        assert_eq!(folded("Йемен"), ["иемен"]);
        assert_eq!(folded("Việt Nam"), ["viet", "nam"]);
        assert_eq!(folded("भारत गिनी"), ["भारत", "गिनी"]);
        assert_eq!(
            folded("₽100 ⓐ \u{2066}Zed\u{2069} foo\u{F8FF}bar"),
            ["100", "zed", "foo", "bar"]
        );
        assert_eq!(folded(" – \u{301}"), Vec::<String>::new());
        assert_eq!(folded("\u{FDFA}").len(), 4);
    }

    #[test]
    fn scripts_without_spaces_are_pairs_of_letters() {
        assert_eq!(folded("卢旺达"), ["卢旺", "旺达", "达"]);
        assert_eq!(folded("한국 日本"), ["한국", "日本", "本"]);
        assert_eq!(folded("5Gネット"), ["5g", "ネッ", "ット", "ト"]);
        assert_eq!(
            searched("卢旺达 的 rwanda"),
            ["卢旺", "旺达", "的*", "rwanda*"]
        );
        assert_eq!(searched("ᦷᦺᧈ").len(), 2);
    }

    #[test]
    fn a_token_has_its_byte_range() {
        let text = "d’Ivoire, Co\u{302}te, مُحَمَّد\u{200F} 卢旺达";
        let words = tokens(text);
        let words: Vec<&str> = words.iter().map(|word| &text[word.range.clone()]).collect();
        assert_eq!(
            words,
            ["d", "Ivoire", "Co\u{302}te", "مُحَمَّد", "卢旺", "旺达", "达"]
        );
    }

    #[test]
    fn a_search_has_a_bounded_number_of_terms_and_the_last_one_is_a_prefix() {
        assert_eq!(searched("  Côte d'Iv "), ["cote", "d", "iv*"]);
        assert_eq!(searched("a\" OR a title:b*"), ["a", "or", "title", "b*"]);
        assert_eq!(searched(&"a b ".repeat(20)).len(), 3);
        assert_eq!(searched(" \"*-^: "), Vec::<String>::new());
        assert_eq!(searched(&"\u{FDFA}".repeat(9_000)).len(), 5);
        let long = terms(&"x".repeat(100_000), 16);
        assert_eq!(long[0].folded.len(), MAX_WORD_BYTES);
    }

    #[test]
    fn occurrences_are_counted_over_title_and_body() {
        let counts = counts("Peru", &"peru 'says' no ".repeat(300));
        let counts: Vec<_> = counts
            .iter()
            .map(|(word, count)| (word.as_str(), *count))
            .collect();
        assert_eq!(counts, [("no", 255), ("peru", 255), ("says", 255)]);
    }
}
