//! Names and codes of all countries by the forms in which texts have them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::words::Words;
use super::{CountryMatch, CountryMatchKind};
use crate::model::country::{ATLAS, Country};

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
const AMBIGUOUS: [(&str, &[&str]); 13] = [
    ("congo", &["CD", "CG"]),
    ("korea", &["KP", "KR"]),
    ("guinea", &["GN", "GQ", "GW", "PG"]),
    ("islands virgin", &["VG", "VI"]),
    ("china republic", &["CN", "TW"]),
    ("dominican", &["DM", "DO"]),
    ("czechoslovakia", &["CZ", "SK"]),
    ("timor", &["ID", "TL"]),
    ("czecho slovakia", &["CZ", "SK"]),
    ("montenegro serbia", &["ME", "RS"]),
    ("antilles netherlands", &["BQ", "CW", "SX"]),
    ("antilles dutch", &["BQ", "CW", "SX"]),
    ("channel islands", &["GG", "JE"]),
];

/// Former states and regions, their words in alphabetical order, whose names resemble that of a country that is not meant.
const NO_COUNTRIES: [&str; 12] = [
    "austria hungary",
    "cyprus north republic turkish",
    "cyprus northern",
    "cyprus northern republic turkish",
    "democratic german republic",
    "democratic germany republic",
    "east germany",
    "nam republic viet",
    "nam south viet",
    "republic vietnam",
    "ruanda urundi",
    "south vietnam",
];

/// English words that are codes when they are in upper case.
const WORDS_LIKE_CODES: [&str; 33] = [
    "ad", "am", "and", "are", "arm", "as", "at", "be", "by", "can", "do", "est", "gum", "in", "is",
    "it", "la", "me", "mus", "my", "na", "no", "pa", "per", "pan", "pm", "sen", "so", "tan", "to",
    "tv", "us", "va",
];

/// The countries of a text, each once.
type Names = HashMap<String, Vec<CountryMatch>>;

pub(super) struct Tables {
    codes: Names,
    names: Names,
    /// By their words in alphabetical order.
    words: Names,
    /// By their words in alphabetical order, without those that say what kind of state it is.
    cores: Names,
    /// The words that say what kind of state it is, in any name of a country, by its code.
    kinds: HashMap<&'static str, HashSet<String>>,
}

/// Score of a name with a kind of state that the country is not.
pub(super) const OTHER_KIND_SCORE: u8 = 60;

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::build);

impl Tables {
    fn build() -> Self {
        let mut tables = Self {
            codes: Names::new(),
            names: Names::new(),
            words: Names::new(),
            cores: Names::new(),
            kinds: HashMap::new(),
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
        let kinds = self.kinds.entry(&country.code).or_default();
        kinds.extend(words.kinds().map(str::to_owned));
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
        if is_no_country(&sorted) {
            return Vec::new();
        }
        let exact = self.names.get(&words.folded);
        // "Congo (the)" is a name; "Congo" and "the Congo" are not.
        let may_be_ambiguous = exact.is_none() || words.folded.split(' ').count() == words.count();
        let ambiguous = AMBIGUOUS.iter().find(|(text, _)| *text == sorted);
        if let Some((_, codes)) = ambiguous.filter(|_| may_be_ambiguous) {
            return candidates_of(exact.or_else(|| self.names.get(&sorted)), codes);
        }
        let found = exact.or_else(|| self.words.get(&sorted)).cloned();
        found.unwrap_or_else(|| self.find_core(words))
    }

    /// By the name without the kind of state. Countries that are of that kind are preferred, because it may be what tells two
    /// of them apart, and another kind is a reason to doubt.
    fn find_core(&self, words: &Words) -> Vec<CountryMatch> {
        let found = words
            .core()
            .and_then(|core| self.cores.get(&core.sorted()).cloned());
        let (mut same, mut other): (Vec<_>, Vec<_>) = found
            .unwrap_or_default()
            .into_iter()
            .partition(|one| self.is_of_kind(one.country, words));
        if same.is_empty() {
            for one in &mut other {
                one.score = OTHER_KIND_SCORE;
            }
            same = other;
        }
        same
    }

    /// Whether a name of the country has every word of a text that says what kind of state it is.
    pub(super) fn is_of_kind(&self, country: &Country, words: &Words) -> bool {
        let kinds = self.kinds.get(country.code.as_str());
        let mut all = words.kinds();
        all.all(|kind| kinds.is_some_and(|kinds| kinds.contains(kind)))
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

/// Whether a text, by its words in alphabetical order, is known to name no country of now.
pub(super) fn is_no_country(sorted: &str) -> bool {
    NO_COUNTRIES.contains(&sorted)
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
