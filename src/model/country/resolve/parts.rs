//! Texts with several names of one country: `Burma (Myanmar)`, `Swaziland, now Eswatini`, `Gibraltar (UK)`, `Serbia (excluding Kosovo)`.

use super::tables::{TABLES, new_match};
use super::words::Words;
use super::{CountryMatch, CountryMatchKind, best_of};

/// What separates the parts.
const SEPARATORS: [char; 8] = ['(', ')', '[', ']', '/', ',', ';', ':'];
/// Words before another name of the same country.
const BEFORE_NAMES: [&str; 5] = ["aka", "ex", "former", "formerly", "now"];
/// Words before what belongs to the country, or does not.
const BEFORE_REMARKS: [&str; 6] = [
    "excl",
    "excluding",
    "except",
    "incl",
    "including",
    "without",
];

/// Score of a country that each part names; less than that of any name.
const SCORE: u8 = 80;
/// Lowest score of what a part names.
const MIN_PART_SCORE: u8 = 80;

/// The countries that each part of a text names. A territory may have the name of its state behind it in brackets.
pub(super) fn find_by_parts(text: &str) -> Vec<CountryMatch> {
    let cut = cut_remark(text);
    let parts: Vec<&str> = cut
        .split(SEPARATORS)
        .flat_map(split_names)
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .collect();
    if parts.len() < 2 && cut.len() == text.len() {
        return Vec::new();
    }
    let candidates: Vec<Vec<CountryMatch>> = parts.iter().map(|part| find_part(part)).collect();
    let Some((first, others)) = candidates.split_first() else {
        return Vec::new();
    };
    if let [state] = others
        && text.contains(['(', '['])
        && let (Some(territory), Some(state)) = (best_of(first), best_of(state))
        && !territory.country.un_member
        && state.country.un_member
    {
        return vec![named(&territory)];
    }
    let names_it = |one: &&CountryMatch| {
        let is_same = |other: &CountryMatch| other.country.code == one.country.code;
        others.iter().all(|part| part.iter().any(is_same))
    };
    first.iter().filter(names_it).map(named).collect()
}

fn named(found: &CountryMatch) -> CountryMatch {
    new_match(found.country, CountryMatchKind::Words, found.matched, SCORE)
}

/// By code, or by name without mistakes.
fn find_part(part: &str) -> Vec<CountryMatch> {
    let mut found = TABLES.find_code(part);
    if found.is_empty() {
        let words = Words::of(part);
        found = TABLES.find_name(&words);
    }
    // Names that several countries share have lower scores, and another part may tell which one is meant.
    let is_shared = found.len() > 1;
    found.retain(|one| is_shared || one.score >= MIN_PART_SCORE);
    found
}

/// The text before `excluding`, `incl.` and their like.
fn cut_remark(text: &str) -> &str {
    let is_remark = |word: &&str| is_one_of(word, &BEFORE_REMARKS);
    let words = text.split(|character: char| !character.is_alphanumeric());
    let remark = words.into_iter().find(is_remark);
    remark.map_or(text, |word| {
        let offset = word.as_ptr() as usize - text.as_ptr() as usize;
        &text[..offset]
    })
}

/// Splits `Eswatini, formerly Swaziland` before and behind the word.
fn split_names(part: &str) -> Vec<&str> {
    let is_before = |word: &&str| is_one_of(word, &BEFORE_NAMES);
    let mut words = part.split([' ', '-']);
    match words.find(is_before) {
        None => vec![part],
        Some(word) => {
            let offset = word.as_ptr() as usize - part.as_ptr() as usize;
            vec![&part[..offset], &part[offset + word.len()..]]
        }
    }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}
