//! Folding: the forms in which filters and search compare text. Case, compatibility forms and invisible characters make no
//! difference, nor does whether a text is composed or decomposed; for search, accents and points do not either.
//!
//! The text is decomposed (NFKD), passes full case folding (Unicode, `CaseFolding.txt`), and is composed again (NFC). The data are
//! compiled in, so that every database and server compares alike.

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

/// The form that filters compare: accents count. A character may become up to 18.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let visible = text.chars().filter(|c| !is_invisible(*c));
    let decomposed: String = NFKD.normalize_iter(visible).collect();
    let folded = CASES.fold_string(&decomposed);
    // The dot of a Turkish capital: `TÜRKİYE` is `Türkiye`.
    let undotted = folded.replace("i\u{307}", "i");
    NFC.normalize(&undotted).into_owned()
}

/// The form that search compares: case-folds and composes what [`base_letters`] gave for the characters of a text.
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

    /// The form that search compares.
    fn search_form(text: &str) -> String {
        let mut letters = String::new();
        for c in text.chars().filter(|c| !is_invisible(*c)) {
            base_letters(c, |base| letters.push(base));
        }
        finish(&letters)
    }

    #[track_caller]
    fn assert_same(texts: &[&str]) {
        for text in texts {
            assert_eq!(search_form(text), search_form(texts[0]), "{text}");
        }
    }

    #[track_caller]
    fn assert_same_in_filters(texts: &[&str]) {
        assert_same(texts);
        for text in texts {
            assert_eq!(fold(text), fold(texts[0]), "{text}");
        }
    }

    #[test]
    fn case_makes_no_difference() {
        assert_same_in_filters(&["TÜRKİYE", "Türkiye", "türkiye", "Tu\u{308}rki\u{307}ye"]);
        assert_same_in_filters(&["ΚΎΠΡΟΣ", "Κύπρος", "κύπροσ"]);
        assert_same_in_filters(&["STRASSE", "Straße", "STRAẞE"]);
        assert_same_in_filters(&["ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "საქართველო"]);
        assert_same_in_filters(&["Ꭰ", "ꭰ"]);
        assert_same_in_filters(&["AMPLÍA", "amplía", "ampli\u{301}a"]);
    }

    #[test]
    fn accents_count_in_filters() {
        assert_ne!(fold("amplía"), fold("amplia"));
        assert_ne!(fold("शी"), fold("शि"));
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
            assert_ne!(search_form(left), search_form(right), "{left}");
        }
    }

    #[test]
    fn compatibility_forms_and_invisible_characters_make_no_difference() {
        assert_same_in_filters(&["ＲＷＡＮＤＡ", "rwan\u{AD}da", "\u{2066}Rwanda\u{2069}"]);
        assert_same_in_filters(&["ﬁ", "fi"]);
        assert_same_in_filters(&["한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"]);
        assert_same_in_filters(&["ガ", "ｶﾞ"]);
    }

    #[test]
    fn what_is_folded_stays() {
        // Beyond are Han, tags and private use only.
        for c in '\0'..='\u{1FFFF}' {
            for form in [fold, search_form] {
                let folded = form(c.encode_utf8(&mut [0; 4]));
                assert_eq!(form(&folded), folded, "U+{:04X}", u32::from(c));
                assert!(folded.chars().count() <= 18, "U+{:04X}", u32::from(c));
            }
        }
    }
}
