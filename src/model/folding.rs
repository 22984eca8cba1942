//! Folding: the form in which search and filters compare text. Case, accents, points, compatibility forms and invisible
//! characters make no difference; neither does whether a text is composed or decomposed.
//!
//! The text is decomposed (NFKD), loses its accents, and passes full case folding (Unicode, `CaseFolding.txt`); the rest is
//! composed (NFC). The data are compiled in, so that every database and server compares alike.

use std::borrow::Cow;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{
    ComposingNormalizerBorrowed as Composing, DecomposingNormalizerBorrowed as Decomposing,
};
use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const CASES: CaseMapperBorrowed<'static> = CaseMapper::new();
const NFKD: Decomposing<'static> = Decomposing::new_nfkd();
const NFC: Composing<'static> = Composing::new_nfc();

/// Whether two texts are the same for search and filters is whether this is equal. A character may become up to 18.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut letters = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        base_letters(c, |base| letters.push(base));
    }
    finish(&letters)
}

/// Case-folds and composes what [`base_letters`] gave for the characters of a text.
pub(super) fn finish(letters: &str) -> String {
    if letters.is_ascii() {
        return letters.to_ascii_lowercase();
    }
    let folded = CASES.fold_string(letters);
    match NFC.normalize(&folded) {
        Cow::Borrowed(_) => folded.into_owned(),
        Cow::Owned(composed) => composed,
    }
}

/// Calls `push` with the characters of a decomposed character, without accents.
pub(super) fn base_letters(c: char, mut push: impl FnMut(char)) {
    if c.is_ascii() {
        push(c);
        return;
    }
    for part in NFKD.normalize_iter(std::iter::once(c)) {
        match replacement(part) {
            Some(letters) => letters.chars().for_each(&mut push),
            None if is_accent(part) => {}
            None => push(part),
        }
    }
}

/// Characters that are not displayed, such as soft hyphens, joiners, directional controls and variation selectors. The
/// zero-width space is none of them: it separates words.
pub(super) fn is_invisible(c: char) -> bool {
    const IGNORABLE: icu_properties::CodePointSetDataBorrowed<'static> =
        CodePointSetData::new::<DefaultIgnorableCodePoint>();
    !c.is_ascii() && c != '\u{200B}' && IGNORABLE.contains(c)
}

/// A letter, digit or other number, or a mark on one.
pub(super) fn is_word_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let category = category(c);
    let is_apostrophe = matches!(c, '\u{2B9}'..='\u{2BF}' | '\u{2C8}');
    !is_apostrophe
        && (GeneralCategoryGroup::Letter.contains(category)
            || GeneralCategoryGroup::Number.contains(category)
            || is_mark(c))
}

pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii() && GeneralCategoryGroup::Mark.contains(category(c))
}

pub(super) fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

/// A mark that does not change which letter it is: accents, points and vowel signs that are usually left out, and tones.
/// Vowel signs that are always written, viramas and the voicing of kana are parts of a word.
fn is_accent(c: char) -> bool {
    if !is_mark(c) {
        return false;
    }
    let class = CodePointMapData::<CanonicalCombiningClass>::new().get(c);
    // Overlays and nuktas; Hebrew, Arabic and Syriac points; tones of Thai and Lao; all marks placed around a letter.
    matches!(class.0, 1 | 7 | 10..=36 | 107 | 122 | 202..)
        || category(c) == GeneralCategory::EnclosingMark
}

/// Letters that Unicode does not decompose although readers and keyboards exchange them. The Arabic ones are those of
/// Lucene's `ArabicNormalizer` and, for Persian, `PersianNormalizer`.
fn replacement(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' | 'Æ' => "ae",
        'đ' | 'Đ' => "d",
        'ħ' | 'Ħ' => "h",
        'ı' => "i",
        'ł' | 'Ł' => "l",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ŧ' | 'Ŧ' => "t",
        '\u{640}' => "",                    // tatweel
        '\u{671}' => "\u{627}",             // alef wasla
        '\u{649}' | '\u{6CC}' => "\u{64A}", // alef maksura, Persian yeh
        '\u{629}' => "\u{647}",             // teh marbuta
        '\u{6A9}' => "\u{643}",             // Persian kaf
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_same(texts: &[&str]) {
        for text in texts {
            assert_eq!(fold(text), fold(texts[0]), "{text}");
        }
    }

    #[test]
    fn case_makes_no_difference() {
        assert_same(&["TÜRKİYE", "Türkiye", "türkiye", "turkiye"]);
        assert_same(&["ΚΎΠΡΟΣ", "Κύπρος", "κύπροσ"]);
        assert_same(&["STRASSE", "Straße", "STRAẞE"]);
        assert_same(&["ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "საქართველო"]);
        assert_same(&["Ꭰ", "ꭰ"]);
    }

    #[test]
    fn accents_and_points_make_no_difference_in_any_script() {
        assert_same(&["ΕΛΛΑΔΑ", "Ελλάδα", "ἑλλᾴδα"]);
        assert_same(&["São", "Sa\u{303}o", "sao"]);
        assert_same(&["Йемен", "Иемен"]);
        assert_same(&["שָׁלוֹם", "שלום"]);
        assert_same(&["مُحَمَّد", "محمد", "محـمـد"]);
        assert_same(&["أإآٱا", "ااااا"]);
        assert_same(&["ﷲ", "الله"]);
        assert_same(&["हिन्दी", "हिन्दी\u{93C}"]);
        assert_same(&["Łódź", "lodz"]);
        assert_same(&["Æ", "ae"]);
    }

    #[test]
    fn marks_that_are_parts_of_a_word_stay() {
        for (left, right) in [("गिनी", "गनी"), ("が", "か"), ("กู", "ก"), ("ދި", "ދ")]
        {
            assert_ne!(fold(left), fold(right), "{left}");
        }
    }

    #[test]
    fn compatibility_forms_and_invisible_characters_make_no_difference() {
        assert_same(&["ＲＷＡＮＤＡ", "rwan\u{AD}da", "\u{2066}Rwanda\u{2069}"]);
        assert_same(&["ﬁ", "fi"]);
        assert_same(&["한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"]);
        assert_same(&["ガ", "ｶﾞ"]);
    }

    #[test]
    fn what_is_folded_stays() {
        // Beyond are Han, tags and private use only.
        for c in '\0'..='\u{1FFFF}' {
            let folded = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&folded), folded, "U+{:04X}", u32::from(c));
            assert!(folded.chars().count() <= 18, "U+{:04X}", u32::from(c));
        }
    }
}
