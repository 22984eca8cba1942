//! Words of a text: where they begin and end, and their letters without accents (see [`super::tokenizer`]).

use std::ops::Range;

use icu_properties::CodePointMapData;
use icu_properties::props::{LineBreak, Script};

use super::folding::{base_letters, is_invisible, is_mark, is_word_character};

/// Longer words are truncated: PostgreSQL accepts lexemes of less than 2 KiB.
pub(super) const MAX_WORD_BYTES: usize = 2_000;

/// A word, or a letter of a script without spaces: not case-folded yet.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) letters: String,
    pub(super) range: Range<usize>,
}

pub(super) enum Word {
    Spaced(Piece),
    Unspaced(Vec<Piece>),
}

/// Calls `push` with each word until it returns false.
pub(super) fn split(text: &str, mut push: impl FnMut(Word) -> bool) {
    let mut word: Option<Word> = None;
    for (start, c) in text.char_indices().filter(|(_, c)| !is_invisible(*c)) {
        let range = start..start + c.len_utf8();
        if !is_word_character(c) {
            if word.take().is_some_and(|word| !push(word)) {
                return;
            }
            continue;
        }
        let mut parts = Vec::new();
        if is_mark(c)
            && let Some(piece) = word.as_mut().and_then(last_piece)
        {
            piece.range.end = range.end;
        }
        base_letters(c, |part| parts.push(part));
        for part in parts {
            let done = add(&mut word, part, &range);
            if done.is_some_and(|word| !push(word)) {
                return;
            }
        }
    }
    word.map(push);
}

/// Adds a folded character to the word, or begins one; returns the word before it if that ends here.
fn add(word: &mut Option<Word>, part: char, range: &Range<usize>) -> Option<Word> {
    if !is_word_character(part) {
        return word.take();
    }
    let piece = || Piece {
        letters: part.to_string(),
        range: range.clone(),
    };
    let is_mark = is_mark(part);
    let is_unspaced = !is_mark && is_unspaced(part);
    match word {
        // A mark without a letter is none.
        None if is_mark => None,
        Some(Word::Unspaced(letters)) if is_unspaced => {
            letters.push(piece());
            None
        }
        Some(word) if is_mark => {
            extend(last_piece(word)?, part, range);
            None
        }
        Some(Word::Spaced(piece)) if !is_unspaced => {
            extend(piece, part, range);
            None
        }
        _ if is_unspaced => word.replace(Word::Unspaced(vec![piece()])),
        _ => word.replace(Word::Spaced(piece())),
    }
}

fn last_piece(word: &mut Word) -> Option<&mut Piece> {
    match word {
        Word::Spaced(piece) => Some(piece),
        Word::Unspaced(letters) => letters.last_mut(),
    }
}

fn extend(piece: &mut Piece, part: char, range: &Range<usize>) {
    piece.range.end = range.end;
    // A stranger may send a word of any length. Case folding makes it at most three times as long.
    if piece.letters.len() < MAX_WORD_BYTES {
        piece.letters.push(part);
    }
}

/// Whether words of its script are not separated by spaces.
fn is_unspaced(c: char) -> bool {
    const PROLONGED_SOUND: char = '\u{30FC}'; // of both kana, so its script is "common"
    if c.is_ascii() {
        return false;
    }
    let script = CodePointMapData::<Script>::new().get(c);
    c == PROLONGED_SOUND
        || matches!(
            script,
            Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo | Script::Yi
        )
        || CodePointMapData::<LineBreak>::new().get(c) == LineBreak::ComplexContext
}
