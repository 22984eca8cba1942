//! Resolving of texts to countries: codes, names and aliases in every language, without regard to case, accents, punctuation and
//! the order of words.

use std::collections::{HashMap, hash_map::Entry};
use std::sync::LazyLock;

use super::{ATLAS, Country};
use crate::model::string_enum::string_enum;
use crate::model::tokenizer::tokens;

string_enum!(/// How a text names a country, the surest first.
    CountryMatchKind { Code, Name, Alias, Words, UnofficialCode });

/// A country that a text names.
#[derive(Clone, Copy, Debug)]
pub struct CountryMatch {
    pub country: &'static Country,
    pub kind: CountryMatchKind,
    /// The code, name or alias that the text equals.
    pub matched: &'static str,
}

/// Alpha-3 codes of Kosovo in use, none of which is in ISO 3166-1: of the IMF and the World Bank, of registries, and of
/// international sport.
const UNOFFICIAL_CODES: [(&str, &str); 5] = [
    ("XKX", "XK"),
    ("XKO", "XK"),
    ("UNK", "XK"),
    ("RKS", "XK"),
    ("KOS", "XK"),
];

/// Words that lists of countries use or leave out.
const SMALL_WORDS: [&str; 3] = ["the", "of", "and"];

/// `None` for a name of several countries.
type Names = HashMap<String, Option<CountryMatch>>;

/// Bytes of a text; no name has half as many. A longer text names no country, and costs nothing.
const MAX_TEXT_BYTES: usize = 400;

struct Tables {
    codes: Names,
    names: Names,
    /// By their words in alphabetical order.
    words: Names,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let (mut codes, mut names, mut words) = (Names::new(), Names::new(), Names::new());
    for country in &ATLAS.countries {
        let official = [
            Some(&country.code),
            country.alpha3.as_ref(),
            country.numeric.as_ref(),
        ];
        for code in official.into_iter().flatten() {
            insert(
                &mut codes,
                code.to_ascii_uppercase(),
                country,
                CountryMatchKind::Code,
                code,
            );
        }
        // Of names that read alike, the first is shown: the English one, and always the same.
        let is_alias = |name: &str| country.aliases.iter().any(|alias| alias == name);
        let mut all: Vec<&str> = country.all_names().collect();
        all.sort_unstable_by_key(|name| (*name != country.name, is_alias(name), *name));
        for name in all {
            let kind = if is_alias(name) {
                CountryMatchKind::Alias
            } else {
                CountryMatchKind::Name
            };
            insert(&mut names, folded(name), country, kind, name);
            let kind = CountryMatchKind::Words;
            insert(&mut words, sorted_words(name), country, kind, name);
        }
    }
    for (code, country) in UNOFFICIAL_CODES {
        let country = ATLAS.find_country(country);
        let country = country.expect("the table names countries");
        let kind = CountryMatchKind::UnofficialCode;
        insert(&mut codes, code.to_owned(), country, kind, code);
    }
    Tables {
        codes,
        names,
        words,
    }
});

fn insert(
    table: &mut Names,
    key: String,
    country: &'static Country,
    kind: CountryMatchKind,
    matched: &'static str,
) {
    let found = CountryMatch {
        country,
        kind,
        matched,
    };
    match table.entry(key) {
        Entry::Vacant(entry) => drop(entry.insert(Some(found))),
        Entry::Occupied(mut entry) => {
            let other = entry
                .get()
                .filter(|other| other.country.code != country.code);
            if other.is_some() {
                entry.insert(None);
            }
        }
    }
}

fn folded(name: &str) -> String {
    let words: Vec<String> = tokens(name).into_iter().map(|token| token.folded).collect();
    words.join(" ")
}

fn sorted_words(name: &str) -> String {
    let words = tokens(name).into_iter().map(|token| token.folded);
    let mut words: Vec<String> = words
        .filter(|word| !SMALL_WORDS.contains(&word.as_str()))
        .collect();
    words.sort_unstable();
    words.join(" ")
}

/// The country that a text names; `None` if it names none, or several.
pub fn resolve_country(text: &str) -> Option<CountryMatch> {
    if text.len() > MAX_TEXT_BYTES {
        return None;
    }
    let tables = &*TABLES;
    let find = |table: &Names, key: &str| table.get(key).copied().flatten();
    find(&tables.codes, &text.trim().to_ascii_uppercase())
        .or_else(|| find(&tables.names, &folded(text)))
        .or_else(|| find(&tables.words, &sorted_words(text)))
}

/// The country with this name or alias in any language.
pub fn find_country_by_name(name: &str) -> Option<&'static Country> {
    if name.len() > MAX_TEXT_BYTES {
        return None;
    }
    let found = TABLES.names.get(&folded(name)).copied().flatten();
    found.map(|found| found.country)
}

/// The country with this official code of ISO 3166-1, in any case.
pub fn find_country_by_code(code: &str) -> Option<&'static Country> {
    let found = TABLES.codes.get(&code.to_ascii_uppercase());
    let found = found.copied().flatten();
    found
        .filter(|found| found.kind == CountryMatchKind::Code)
        .map(|found| found.country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_every_name_of_one_country_resolves_to_it() {
        for country in &ATLAS.countries {
            let codes = [
                Some(&country.code),
                country.alpha3.as_ref(),
                country.numeric.as_ref(),
            ];
            for code in codes.into_iter().flatten() {
                let found = resolve_country(&code.to_ascii_lowercase()).unwrap();
                assert_eq!(
                    (found.country.code.as_str(), found.kind),
                    (country.code.as_str(), CountryMatchKind::Code)
                );
            }
            let found = resolve_country(&country.name.to_uppercase());
            assert_eq!(
                found.unwrap().country.code,
                country.code,
                "{}",
                country.name
            );
            for name in country.all_names() {
                assert!(2 * name.len() < MAX_TEXT_BYTES, "{name}");
                let found = resolve_country(&format!("  {}. ", name.to_lowercase()));
                assert!(
                    found.is_none_or(|found| found.country.code == country.code),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn names_in_other_forms_resolve_and_what_is_no_name_does_not() {
        for (text, code) in [
            ("Korea, Republic of", Some("KR")),
            ("republic of korea", Some("KR")),
            ("Bolivia (Plurinational State of)", Some("BO")),
            ("The Gambia", Some("GM")),
            ("Gambia, the", Some("GM")),
            ("COTE D'IVOIRE", Some("CI")),
            ("Cote dIvoire", None),
            ("Swaziland", Some("SZ")),
            ("Türkei", Some("TR")),
            ("XKX", Some("XK")),
            ("Korea", None),
            ("", None),
            ("Atlantis", None),
            ("ZZ", None),
        ] {
            let found = resolve_country(text).map(|found| found.country.code.as_str());
            assert_eq!(found, code, "{text}");
        }
        let kosovo = resolve_country("xkx").unwrap();
        assert_eq!(kosovo.kind, CountryMatchKind::UnofficialCode);
        assert!(find_country_by_code("XKX").is_none());
    }
}
