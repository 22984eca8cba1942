//! Names that differ from a text by one or two letters: inserted, left out, replaced, or two of them swapped.

use std::sync::LazyLock;

use super::tables::{TABLES, list_names, new_match};
use super::words::Words;
use super::{CountryMatch, CountryMatchKind};
use crate::model::country::{ATLAS, Country};

/// Letters of the shortest name that may be misspelt: shorter ones are too near to other words.
const MIN_LETTERS: usize = 6;
/// Letters of a name in which two mistakes are accepted.
const MIN_LETTERS_OF_TWO: usize = 9;
const MAX_LETTERS: usize = 60;

/// Words, parts of the world, and names of other countries in languages without names here, that are one or two letters away from a
/// name; without spaces. Those in other languages are from the CLDR.
const OTHER_WORDS: [&str; 20] = [
    "americas",
    "angila",
    "angora",
    "australasia",
    "centralafrica",
    "germane",
    "graekenland",
    "grekland",
    "griekenland",
    "islands",
    "malata",
    "mongco",
    "nigeris",
    "northamerica",
    "nyjasjaland",
    "nysaeland",
    "slovinsko",
    "southamerica",
    "tailan",
    "turnkey",
];

struct Spelling {
    letters: Vec<char>,
    /// Which of the letters a to z occur.
    set: u32,
    country: &'static Country,
    name: &'static str,
}

/// English names, official names, native names and aliases in Latin script.
static SPELLINGS: LazyLock<Vec<Spelling>> = LazyLock::new(|| {
    let mut all: Vec<Spelling> = Vec::new();
    for country in &ATLAS.countries {
        let first = all.len();
        for (name, kind) in list_names(country) {
            let is_foreign = kind == CountryMatchKind::Name
                && name != country.name
                && Some(name) != country.official_name.as_deref();
            if is_foreign {
                continue;
            }
            for letters in letters_of(name) {
                if all[first..].iter().all(|one| one.letters != letters) {
                    let set = set_of(&letters);
                    all.push(Spelling {
                        letters,
                        set,
                        country,
                        name,
                    });
                }
            }
        }
    }
    all
});

/// A form in which a name or text is compared, without spaces.
struct Form {
    text: String,
    /// Without the kind of state.
    is_core: bool,
}

fn forms_of(words: &Words) -> impl Iterator<Item = Form> + use<> {
    let whole = Form {
        text: words.joined(),
        is_core: false,
    };
    let core = words.core().map(|core| Form {
        text: core.joined(),
        is_core: true,
    });
    let all = std::iter::once(whole).chain(core);
    all.filter(|form| form.text.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The forms of a name that are long enough, in Latin letters.
fn letters_of(name: &str) -> impl Iterator<Item = Vec<char>> + use<> {
    let all = forms_of(&Words::of(name)).map(|form| form.text.chars().collect());
    all.filter(|letters: &Vec<char>| (MIN_LETTERS..=MAX_LETTERS).contains(&letters.len()))
}

fn set_of(letters: &[char]) -> u32 {
    let bit = |letter: &char| 1 << (u32::from(*letter) - u32::from('a'));
    letters.iter().fold(0, |set, letter| set | bit(letter))
}

/// The countries whose names are nearest to a text, if they are near enough.
pub(super) fn find_similar(words: &Words) -> Vec<CountryMatch> {
    let mut nearest = usize::MAX;
    let mut found: Vec<CountryMatch> = Vec::new();
    for form in forms_of(words) {
        if OTHER_WORDS.contains(&form.text.as_str()) {
            continue;
        }
        let text: Vec<char> = form.text.chars().take(MAX_LETTERS + 1).collect();
        if !(MIN_LETTERS - 1..=MAX_LETTERS).contains(&text.len()) {
            continue;
        }
        let set = set_of(&text);
        for spelling in SPELLINGS.iter() {
            let Some(distance) = spelling.distance_to(&text, set) else {
                continue;
            };
            // Too much is wrong.
            if form.is_core && !TABLES.is_of_kind(spelling.country, words) {
                continue;
            }
            if distance < nearest {
                (nearest, found) = (distance, Vec::new());
            }
            let is_new = |one: &CountryMatch| one.country.code != spelling.country.code;
            if distance == nearest && found.iter().all(is_new) {
                let score = if distance == 1 { 70 } else { 60 };
                let kind = CountryMatchKind::Misspelling;
                found.push(new_match(spelling.country, kind, spelling.name, score));
            }
        }
    }
    found
}

impl Spelling {
    /// Mistakes in a text if it is meant; `None` for more than are accepted, or another first letter.
    fn distance_to(&self, text: &[char], set: u32) -> Option<usize> {
        let limit = if self.letters.len() < MIN_LETTERS_OF_TWO {
            1
        } else {
            2
        };
        let may_match = self.letters.first() == text.first()
            && self.letters.len().abs_diff(text.len()) <= limit
            && (self.set ^ set).count_ones() as usize <= 2 * limit;
        if !may_match {
            return None;
        }
        let distance = distance(&self.letters, text);
        (distance <= limit).then_some(distance)
    }
}

/// Edit distance with swaps of neighbours (optimal string alignment).
fn distance(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let (mut before, mut above): (Vec<usize>, Vec<usize>) = (vec![0; width], (0..width).collect());
    for (row, letter) in one.iter().enumerate() {
        let mut current = vec![row + 1; width];
        for column in 0..other.len() {
            let replaced = above[column] + usize::from(*letter != other[column]);
            let moved = above[column + 1].min(current[column]) + 1;
            current[column + 1] = replaced.min(moved);
            let is_swap = row > 0
                && column > 0
                && *letter == other[column - 1]
                && one[row - 1] == other[column];
            if is_swap {
                current[column + 1] = current[column + 1].min(before[column - 1] + 1);
            }
        }
        (before, above) = (above, current);
    }
    above[other.len()]
}
