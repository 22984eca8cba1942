//! Countries: ISO 3166-1 entries and Kosovo, static per release, read once from `data/countries.json`.

pub mod membership;
mod region_number;
pub mod resolve;

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorPreferences};
use serde::Deserialize;

use super::folding::fold;
pub use region_number::{REGIONS, RegionNumber, region_number};

/// One ISO 3166-1 entry, or a user-assigned code in general use (`XK`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// ISO 3166-1 alpha-3; absent where none is official.
    pub alpha3: Option<String>,
    /// ISO 3166-1 numeric, three digits; absent where none is official.
    pub numeric: Option<String>,
    pub code_status: CodeStatus,
    /// English name of the Unicode CLDR.
    pub name: String,
    pub native_name: String,
    /// Formal English name of the state; absent for territories.
    pub official_name: Option<String>,
    /// By BCP 47 language; a variant (`pt-PT`) is listed only where its name differs.
    pub names: HashMap<String, String>,
    /// Labels for maps, by the keys of `names`; only where there is one that differs.
    pub short_names: HashMap<String, String>,
    pub aliases: Vec<String>,
    pub capital: Option<String>,
    pub emoji: String,
    /// UN M49.
    pub region: String,
    /// UN M49; absent for Antarctica only.
    pub subregion: Option<String>,
    /// The main one first.
    pub continents: Vec<Continent>,
    /// With `+`.
    pub calling_codes: Vec<String>,
    /// With the full stop; absent where none is delegated.
    pub top_level_domain: Option<String>,
    /// Names of the IANA Time Zone Database, sorted.
    pub time_zones: Vec<String>,
    /// BCP 47.
    pub languages: Vec<String>,
    /// ISO 4217.
    pub currencies: Vec<String>,
    pub population: Option<u64>,
    pub un_member: bool,
    pub location: Location,
    /// Alpha-2 codes of the countries that share a land border, sorted.
    pub neighbours: Vec<String>,
    /// Position of the name among all names in the root collation of the CLDR, which is the order of English.
    #[serde(skip)]
    pub name_rank: usize,
    /// Its names and aliases as filters compare them.
    #[serde(skip)]
    pub folded_names: BTreeSet<String>,
}

/// One of seven continents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Continent {
    #[serde(rename = "AF")]
    Africa,
    #[serde(rename = "AN")]
    Antarctica,
    #[serde(rename = "AS")]
    Asia,
    #[serde(rename = "EU")]
    Europe,
    #[serde(rename = "NA")]
    NorthAmerica,
    #[serde(rename = "OC")]
    Oceania,
    #[serde(rename = "SA")]
    SouthAmerica,
}

/// Degrees, WGS 84.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CodeStatus {
    Official,
    UserAssigned,
}

/// A UN M49 region or subregion.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    pub code: String,
    pub name: String,
    pub parent: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Language {
    pub code: String,
    pub name: String,
    pub native_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    pub code: String,
    pub name: String,
}

/// All reference data of a release.
#[derive(Debug)]
pub struct Atlas {
    /// Ascending by alpha-2 code.
    pub countries: Vec<Country>,
    /// Index of each country, by the number of its code; see [`number_of`].
    by_number: Vec<Option<u16>>,
    /// The region of each country, likewise.
    region_numbers: Vec<RegionNumber>,
    /// Ascending by M49 code.
    pub regions: Vec<Region>,
    languages: HashMap<String, Language>,
    currencies: HashMap<String, Currency>,
}

/// The reference data that this release was built with.
pub static ATLAS: LazyLock<Atlas> = LazyLock::new(|| Atlas::parse(COUNTRIES_JSON));

const LETTERS: usize = 26;

/// The number of an alpha-2 code in any case among all pairs of letters; `None` for what is no pair of letters.
fn number_of(code: &str) -> Option<usize> {
    let code: [u8; 2] = code.as_bytes().try_into().ok()?;
    let [first, second] = code.map(|byte| byte.to_ascii_uppercase().wrapping_sub(b'A'));
    let [first, second] = [first, second].map(usize::from);
    (first < LETTERS && second < LETTERS).then_some(first * LETTERS + second)
}

/// The text that [`ATLAS`] is parsed from; the search index is rebuilt when it changes.
pub const COUNTRIES_JSON: &str = include_str!("../../../data/countries.json");

impl Atlas {
    fn parse(json: &str) -> Self {
        #[derive(Deserialize)]
        struct File {
            regions: Vec<Region>,
            languages: Vec<Language>,
            currencies: Vec<Currency>,
            countries: Vec<Country>,
        }
        let mut file: File =
            serde_json::from_str(json).expect("the generator wrote data/countries.json");
        rank_names(&mut file.countries);
        for country in &mut file.countries {
            country.folded_names = country.all_names().map(fold).collect();
        }
        let mut by_number = vec![None; usize::pow(LETTERS, 2)];
        let mut region_numbers = vec![RegionNumber::UNKNOWN; by_number.len()];
        for (index, country) in (0..).zip(&file.countries) {
            let number = number_of(&country.code).expect("the generator wrote two letters");
            by_number[number] = Some(index);
            region_numbers[number] = RegionNumber::find(&file.regions, &country.region);
        }
        Self {
            countries: file.countries,
            by_number,
            region_numbers,
            regions: file.regions,
            languages: file
                .languages
                .into_iter()
                .map(|language| (language.code.clone(), language))
                .collect(),
            currencies: file
                .currencies
                .into_iter()
                .map(|currency| (currency.code.clone(), currency))
                .collect(),
        }
    }

    /// By alpha-2 code in any case.
    pub fn find_country(&self, code: &str) -> Option<&Country> {
        let index = self.by_number[number_of(code)?]?;
        Some(&self.countries[usize::from(index)])
    }

    pub fn find_region(&self, code: &str) -> Option<&Region> {
        let at = self
            .regions
            .binary_search_by(|region| region.code.as_str().cmp(code))
            .ok()?;
        Some(&self.regions[at])
    }

    pub fn find_language(&self, code: &str) -> Option<&Language> {
        self.languages.get(code)
    }

    pub fn find_currency(&self, code: &str) -> Option<&Currency> {
        self.currencies.get(code)
    }
}

fn rank_names(countries: &mut [Country]) {
    let collator = Collator::try_new(CollatorPreferences::default(), CollatorOptions::default());
    let collator = collator.expect("the root collation is compiled in");
    let mut order: Vec<&mut Country> = countries.iter_mut().collect();
    order.sort_by(|left, right| {
        let names = collator.compare(&left.name, &right.name);
        names.then_with(|| left.code.cmp(&right.code))
    });
    for (rank, country) in order.into_iter().enumerate() {
        country.name_rank = rank;
    }
}

impl Country {
    /// The name in a BCP 47 language. A variant (`pt-AO`, `de-AT`) falls back to the nearest that is listed, and an
    /// unknown language, or a script that its names are not written in (`uk-Latn`), to English.
    pub fn name_in(&self, language: &str) -> &str {
        if language == "en" {
            return &self.name; // what most requests ask for
        }
        let language = language.to_ascii_lowercase();
        let mut names = name_keys(&language).filter_map(|key| self.names.get(key));
        names.next().unwrap_or(&self.name)
    }

    /// The short name in a language, or the name where there is none; languages as in [`Country::name_in`].
    pub fn short_name_in(&self, language: &str) -> &str {
        let language = language.to_ascii_lowercase();
        let in_language = |key: &str| self.short_names.get(key).or_else(|| self.names.get(key));
        let mut names = name_keys(&language).chain(["en"]).filter_map(in_language);
        names.next().unwrap_or(&self.name)
    }

    /// Every name of the country, in all languages, with aliases.
    pub fn all_names(&self) -> impl Iterator<Item = &str> {
        let fixed = [self.name.as_str(), self.native_name.as_str()];
        let names = self.names.values().map(String::as_str);
        fixed
            .into_iter()
            .chain(names)
            .chain(self.aliases.iter().map(String::as_str))
    }
}

/// The keys of [`Country::names`] that may serve a BCP 47 tag in lower case, the nearest first.
fn name_keys(tag: &str) -> impl Iterator<Item = &str> {
    // Extensions and private use begin with a subtag of one letter.
    let mut subtags = tag
        .split(['-', '_'])
        .take_while(|subtag| subtag.len() != 1)
        .peekable();
    let primary = subtags.next().unwrap_or_default();
    // Another Chinese language than Mandarin (`zh-yue`) may be in either script.
    let extended = subtags.next_if(|subtag| is_letters(subtag, 3)).is_some();
    let script = subtags.next_if(|subtag| is_letters(subtag, 4));
    let region = subtags.next().filter(|subtag| is_letters(subtag, 2));
    let (variant, base) = match (primary, script, region) {
        ("zh", Some("hant"), _) | ("zh", None, Some("tw" | "hk" | "mo")) => (Some("zh-Hant"), None),
        ("zh", None, None) if extended => (None, None),
        ("pt", None | Some("latn"), Some(region)) if LIKE_PORTUGAL.contains(&region) => {
            (Some("pt-PT"), Some("pt"))
        }
        _ if script.is_none_or(|script| script == script_of(primary)) => (None, Some(primary)),
        _ => (None, None),
    };
    variant.into_iter().chain(base)
}

/// The regions whose Portuguese the CLDR derives from that of Portugal.
const LIKE_PORTUGAL: [&str; 12] = [
    "ao", "ch", "cv", "fr", "gq", "gw", "lu", "mo", "mz", "pt", "st", "tl",
];

/// The script that the names in a language are written in.
fn script_of(language: &str) -> &'static str {
    match language {
        "ar" => "arab",
        "hi" => "deva",
        "ja" => "jpan",
        "ko" => "kore",
        "ru" | "uk" => "cyrl",
        "zh" => "hans",
        _ => "latn",
    }
}

fn is_letters(subtag: &str, length: usize) -> bool {
    subtag.len() == length && subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;
