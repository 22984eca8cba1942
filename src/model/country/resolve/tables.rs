//! Names and codes of all countries by the forms in which texts have them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{CountryMatch, CountryMatchKind};
use crate::model::country::{ATLAS, Country};
use crate::model::tokenizer::tokens;

/// Alpha-3 codes of Kosovo in use, none of which is in ISO 3166-1: of the IMF and the World Bank, of registries, and of
/// international sport.
const UNOFFICIAL_CODES: [(&str, &str); 5] = [
    ("XKX", "XK"),
    ("XKO", "XK"),
    ("UNK", "XK"),
    ("RKS", "XK"),
    ("KOS", "XK"),
];

/// Texts, their words in alphabetical order, that may mean any of several countries, although one may have it as its name: that one has the highest score.
const AMBIGUOUS: [(&str, &[&str]); 8] = [
    ("congo", &["CD", "CG"]),
    ("korea", &["KP", "KR"]),
    ("guinea", &["GN", "GQ", "GW", "PG"]),
    ("islands virgin", &["VG", "VI"]),
    ("china republic", &["CN", "TW"]),
    ("dominican", &["DM", "DO"]),
    ("czechoslovakia", &["CZ", "SK"]),
    ("timor", &["ID", "TL"]),
];

/// English words that are codes when they are in upper case.
const WORDS_LIKE_CODES: [&str; 33] = [
    "ad", "am", "and", "are", "arm", "as", "at", "be", "by", "can", "do", "est", "gum", "in", "is",
    "it", "la", "me", "mus", "my", "na", "no", "pa", "per", "pan", "pm", "sen", "so", "tan", "to",
    "tv", "us", "va",
];

/// Words that lists of countries use or leave out.
const SMALL_WORDS: [&str; 12] = [
    "the", "of", "and", "la", "le", "les", "l", "d", "de", "des", "du", "y",
];

/// Words of official long names that say what kind of state it is. Such a word alone names no country.
const LONG_NAME_WORDS: [&str; 29] = [
    "arab",
    "bolivarian",
    "co",
    "commonwealth",
    "confederation",
    "cooperative",
    "democratic",
    "duchy",
    "federal",
    "federation",
    "federative",
    "government",
    "grand",
    "hashemite",
    "independent",
    "islamic",
    "kingdom",
    "operative",
    "oriental",
    "people",
    "peoples",
    "plurinational",
    "principality",
    "republic",
    "s",
    "socialist",
    "state",
    "sultanate",
    "union",
];

/// Abbreviations in tables and words of other languages, and what they stand for.
const ABBREVIATIONS: [(&str, &str); 13] = [
    ("rep", "republic"),
    ("republik", "republic"),
    ("republique", "republic"),
    ("republica", "republic"),
    ("repubblica", "republic"),
    ("dem", "democratic"),
    ("fed", "federal"),
    ("govt", "government"),
    ("is", "islands"),
    ("isl", "islands"),
    ("ppl", "people"),
    ("st", "saint"),
    ("utd", "united"),
];

/// The words of a text or name, without accents, abbreviations and small words.
pub(super) struct Words {
    /// As it stands, with abbreviations and small words.
    pub(super) folded: String,
    words: Vec<String>,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let tokens: Vec<String> = tokens(&remove_stops(text.trim()))
            .into_iter()
            .map(|token| token.folded)
            .collect();
        let folded = tokens.join(" ");
        let count = tokens.len();
        let expand = |(index, word): (usize, String)| match (index, word.as_str()) {
            (0, "n") if count > 1 => "north".to_owned(),
            (0, "s") if count > 1 => "south".to_owned(),
            _ => {
                let mut all = ABBREVIATIONS.iter();
                let found = all.find(|(short, _)| *short == word);
                found.map_or(word, |(_, long)| (*long).to_owned())
            }
        };
        let words = tokens.into_iter().enumerate().map(expand);
        let words = words
            .filter(|word| !SMALL_WORDS.contains(&word.as_str()))
            .collect();
        Self { folded, words }
    }

    /// In alphabetical order.
    fn sorted(&self) -> String {
        let mut words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        words.sort_unstable();
        words.join(" ")
    }

    /// Without the words that say what kind of state it is; `None` if it has none of them, or only them.
    fn core(&self) -> Option<Self> {
        let is_core = |word: &&String| !LONG_NAME_WORDS.contains(&word.as_str());
        let words: Vec<String> = self.words.iter().filter(is_core).cloned().collect();
        let is_shorter =
            words.len() < self.words.len() && !matches!(&*words.join(" "), "" | "united");
        is_shorter.then(|| Self {
            folded: words.join(" "),
            words,
        })
    }

    /// The forms in which a misspelling is looked for, without spaces: whole, and without the kind of state.
    pub(super) fn spellings(&self) -> Vec<String> {
        let core = self.core().map(|core| core.words.concat());
        std::iter::once(self.words.concat()).chain(core).collect()
    }
}

/// The countries of a text, each once.
type Names = HashMap<String, Vec<CountryMatch>>;

pub(super) struct Tables {
    codes: Names,
    names: Names,
    /// By their words in alphabetical order.
    words: Names,
    /// By their words in alphabetical order, without those that say what kind of state it is.
    cores: Names,
}

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::build);

impl Tables {
    fn build() -> Self {
        let mut tables = Self {
            codes: Names::new(),
            names: Names::new(),
            words: Names::new(),
            cores: Names::new(),
        };
        for country in &ATLAS.countries {
            let official = [
                Some(&country.code),
                country.alpha3.as_ref(),
                country.numeric.as_ref(),
            ];
            for code in official.into_iter().flatten() {
                let found = new_match(country, CountryMatchKind::Code, code, 100);
                insert(&mut tables.codes, code.to_ascii_uppercase(), found);
            }
            for (name, kind) in list_names(country) {
                tables.insert_name(country, name, kind);
            }
        }
        for (code, country) in UNOFFICIAL_CODES {
            let country = find_country(country);
            let found = new_match(country, CountryMatchKind::UnofficialCode, code, 90);
            insert(&mut tables.codes, code.to_owned(), found);
        }
        tables
    }

    fn insert_name(
        &mut self,
        country: &'static Country,
        name: &'static str,
        kind: CountryMatchKind,
    ) {
        let words = Words::of(name);
        let score = if kind == CountryMatchKind::Name {
            100
        } else {
            95
        };
        let found = new_match(country, kind, name, score);
        insert(&mut self.names, words.folded.clone(), found);
        let found = new_match(country, CountryMatchKind::Words, name, 90);
        insert(&mut self.words, words.sorted(), found);
        let found = new_match(country, CountryMatchKind::LongName, name, 85);
        let core = words.core().unwrap_or(words);
        insert(&mut self.cores, core.sorted(), found);
    }

    /// By a code, also with full stops between its letters. In other than upper case it may be a word.
    pub(super) fn find_code(&self, text: &str) -> Vec<CountryMatch> {
        let text = text.trim();
        let plain = remove_stops(text);
        let Some(found) = self.codes.get(&plain.to_ascii_uppercase()) else {
            return Vec::new();
        };
        let doubt = if !plain.bytes().any(|byte| byte.is_ascii_lowercase()) {
            0
        } else if WORDS_LIKE_CODES.contains(&plain.to_ascii_lowercase().as_str()) {
            60
        } else {
            20
        };
        let lower = |found: &CountryMatch| CountryMatch {
            score: found.score - doubt,
            ..*found
        };
        found.iter().map(lower).collect()
    }

    pub(super) fn find_name(&self, words: &Words) -> Vec<CountryMatch> {
        let sorted = words.sorted();
        let exact = self.names.get(&words.folded);
        // "Congo (the)" is a name; "Congo" and "the Congo" are not.
        let may_be_ambiguous =
            exact.is_none() || words.folded.split(' ').count() == words.words.len();
        let ambiguous = AMBIGUOUS.iter().find(|(text, _)| *text == sorted);
        if let Some((_, codes)) = ambiguous.filter(|_| may_be_ambiguous) {
            return candidates_of(exact.or_else(|| self.names.get(&sorted)), codes);
        }
        let by_words = || self.words.get(&sorted);
        let by_core = || self.cores.get(&words.core()?.sorted());
        let found = exact.or_else(by_words).or_else(by_core);
        found.cloned().unwrap_or_default()
    }

    pub(super) fn find_exact_name(&self, name: &str) -> Option<&'static Country> {
        match self.names.get(&Words::of(name).folded).map(Vec::as_slice) {
            Some([found]) => Some(found.country),
            _ => None,
        }
    }

    pub(super) fn find_official_code(&self, code: &str) -> Option<&'static Country> {
        let found = self.codes.get(&code.to_ascii_uppercase())?.first()?;
        (found.kind == CountryMatchKind::Code).then_some(found.country)
    }
}

/// The names of a country, the English one first, and always in one order: of names that read alike, the first is shown.
pub(super) fn list_names(country: &'static Country) -> Vec<(&'static str, CountryMatchKind)> {
    let is_alias = |name: &str| country.aliases.iter().any(|alias| alias == name);
    let official = country.official_name.as_deref();
    let mut all: Vec<&str> = country.all_names().chain(official).collect();
    all.sort_unstable_by_key(|name| (*name != country.name, is_alias(name), *name));
    let kind = |name: &str| {
        if is_alias(name) {
            CountryMatchKind::Alias
        } else {
            CountryMatchKind::Name
        }
    };
    all.into_iter().map(|name| (name, kind(name))).collect()
}

pub(super) fn new_match(
    country: &'static Country,
    kind: CountryMatchKind,
    matched: &'static str,
    score: u8,
) -> CountryMatch {
    CountryMatch {
        country,
        kind,
        matched,
        score,
    }
}

/// An ambiguous text: the country that has it as its name, then those of whose names it is a part.
fn candidates_of(exact: Option<&Vec<CountryMatch>>, codes: &[&str]) -> Vec<CountryMatch> {
    let exact = exact.map(Vec::as_slice).unwrap_or_default();
    let of_code = |code: &&str| {
        let country = find_country(code);
        let is_exact = |one: &&CountryMatch| one.matched == country.name;
        let found = exact.iter().find(is_exact);
        found.map_or_else(
            || new_match(country, CountryMatchKind::Part, &country.name, 50),
            |found| CountryMatch {
                score: 80,
                ..*found
            },
        )
    };
    codes.iter().map(of_code).collect()
}

fn insert(table: &mut Names, key: String, found: CountryMatch) {
    let all = table.entry(key).or_default();
    if all.iter().all(|one| one.country.code != found.country.code) {
        all.push(found);
    }
}

fn find_country(code: &str) -> &'static Country {
    ATLAS.find_country(code).expect("the tables name countries")
}

/// `U.S.A.` is `USA`; two letters with full stops are rather `n.a.` than a code.
fn remove_stops(text: &str) -> String {
    let are_letters = text.split('.').all(|part| part.len() <= 1);
    let plain = text.replace('.', "");
    if are_letters && plain.len() > 2 {
        plain
    } else {
        text.to_owned()
    }
}
