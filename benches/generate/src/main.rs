//! Generator of import documents: `generate DIRECTORY RELATIONSHIPS STATEMENTS [SEED]`.
//!
//! Writes one document per initiative, as the format requires; an initiative has at most 249 relationships, one with
//! each other country. Every statement claims a stance other than the one before. Prints the number of ledger entries
//! that the documents make. Invariant: the same arguments write the same bytes.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const COUNTRIES: &str = include_str!("../../../data/countries.json");
/// All stances but `UNKNOWN` and the one that the load tool changes to (`ENDED`).
const STANCES: [&str; 8] = [
    "NAMED",
    "APPROACHED",
    "NEGOTIATING",
    "AGREED_IN_PRINCIPLE",
    "AGREED",
    "IMPLEMENTING",
    "SUSPENDED",
    "REFUSED",
];
/// Days between the first and the last statement; the first is of 2016.
const DAYS: u64 = 3_600;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, relationships, statements, seed @ ..] = arguments.as_slice() else {
        return Err("usage: generate DIRECTORY RELATIONSHIPS STATEMENTS [SEED]".into());
    };
    let relationships: u64 = relationships.parse()?;
    let rounds = statements.parse::<u64>()?.div_ceil(relationships);
    let mut random = Random(seed.first().map_or(Ok(42), |seed| seed.parse())?);
    fs::create_dir_all(directory)?;
    let codes = codes()?;
    let (mut remaining, mut entries) = (relationships, 0);
    for number in 0.. {
        let size = remaining.min(codes.len() as u64 - 1);
        if size == 0 {
            break;
        }
        remaining -= size;
        // The initiative, a source per round, and a statement per round and relationship.
        entries += 1 + rounds + rounds * size;
        let text = document(number, &codes, usize::try_from(size)?, rounds, &mut random);
        fs::write(Path::new(directory).join(format!("{number:04}.json")), text)?;
    }
    println!("{entries}");
    Ok(())
}

fn codes() -> Result<Vec<String>, Box<dyn Error>> {
    let data: serde_json::Value = serde_json::from_str(COUNTRIES)?;
    let countries = data["countries"].as_array().ok_or("no countries")?;
    let codes = countries
        .iter()
        .filter_map(|country| country["code"].as_str());
    Ok(codes.map(str::to_owned).collect())
}

/// One initiative with `size` relationships, each of which changes its stance once per round.
fn document(
    number: usize,
    codes: &[String],
    size: usize,
    rounds: u64,
    random: &mut Random,
) -> String {
    // 37 and 250 have no common divisor, so every country is the requesting state in turn.
    let requesting = number * 37 % codes.len();
    let mut text = format!(
        r#"{{"format":1,"initiative":{{"slug":"made-{number:04}","title":"Made request {number}","requestingState":"{}","startedOn":"2015-12","summary":"What a generator made up to measure with."}},"sources":["#,
        codes[requesting]
    );
    push_sources(&mut text, number, rounds);
    text.push_str(r#"],"statements":["#);
    let requested: Vec<&String> = (1..codes.len())
        .map(|step| &codes[(requesting + step) % codes.len()])
        .take(size)
        .collect();
    push_statements(&mut text, &requested, rounds, random);
    text.push_str("]}\n");
    text
}

/// One news report per round, cited by all statements of that round.
fn push_sources(text: &mut String, number: usize, rounds: u64) {
    for round in 0..rounds {
        let comma = if round == 0 { "" } else { "," };
        let day = day(round * DAYS / rounds + 30);
        push(
            text,
            &format!(
                r#"{comma}{{"key":"report-{round}","kind":"NEWS","publisher":"Made Gazette","title":"Report {round} on request {number}","url":"https://sources.example/{number}/{round}","publishedOn":"{day}","language":"en","derivedFrom":null}}"#
            ),
        );
    }
}

fn push_statements(text: &mut String, requested: &[&String], rounds: u64, random: &mut Random) {
    let mut stances = vec![STANCES.len(); requested.len()];
    for round in 0..rounds {
        for (code, stance) in requested.iter().zip(&mut stances) {
            *stance = other_than(*stance, random);
            let comma = if text.ends_with('[') { "" } else { "," };
            let key = format!("{}-{round}", code.to_lowercase());
            let day = day(round * DAYS / rounds + random.below(DAYS / rounds.max(120)));
            let stance = STANCES[*stance];
            push(
                text,
                &format!(
                    r#"{comma}{{"key":"{key}","subject":{{"relationship":"{code}"}},"claimant":{{"kind":"REQUESTED_STATE","label":"Ministry of Foreign Affairs of {code}"}},"validFrom":"{day}","summary":"The ministry describes where the request stands, in sentence {round} about {code}.","body":{{"stance":{{"stance":"{stance}"}}}},"evidence":[{{"source":"report-{round}","relation":"SUPPORTS","quote":null,"locator":null}}],"contradicts":[],"corrects":null,"note":null}}"#
                ),
            );
        }
    }
}

fn push(text: &mut String, part: &str) {
    text.write_str(part)
        .expect("writing to a string cannot fail");
}

/// A random index of [`STANCES`] other than the previous one.
fn other_than(previous: usize, random: &mut Random) -> usize {
    let all = STANCES.len() as u64;
    let index = usize::try_from(random.below(if previous < STANCES.len() {
        all - 1
    } else {
        all
    }));
    let index = index.expect("a number below nine fits");
    // Leaves out the previous one.
    index + usize::from(index >= previous)
}

/// The date `days` days after 2016-01-01 in a calendar of months of 30 days, so that every date exists.
fn day(days: u64) -> String {
    let (year, month, day) = (2016 + days / 360, days / 30 % 12 + 1, days % 30 + 1);
    // February is shorter: its last days all become the 28th.
    let day = if month == 2 { day.min(28) } else { day };
    format!("{year}-{month:02}-{day:02}")
}

/// Pseudo-random numbers: splitmix64, by Sebastiano Vigna.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}
