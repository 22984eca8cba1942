//! Import documents of a given size: `generate DIRECTORY RELATIONSHIPS STATEMENTS [SEED]`.
//!
//! One document per initiative, because the format wants that; an initiative has at most 249 relationships, one with
//! each other country. Every statement is about a stance and changes it. The same arguments write the same bytes.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const COUNTRIES: &str = include_str!("../../../data/countries.json");
/// All but the one that the load tool changes to.
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
/// Days between the first and the last statement, from 2016 on.
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
    let mut left = relationships;
    for number in 0.. {
        let size = left.min(codes.len() as u64 - 1);
        if size == 0 {
            break;
        }
        left -= size;
        let text = document(number, &codes, usize::try_from(size)?, rounds, &mut random);
        fs::write(Path::new(directory).join(format!("{number:04}.json")), text)?;
    }
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

/// An initiative with its first relationships, each of which changes its stance once a round.
fn document(
    number: usize,
    codes: &[String],
    size: usize,
    rounds: u64,
    random: &mut Random,
) -> String {
    // 37 and 250 have no common divisor, so every country has its turn.
    let requesting = number * 37 % codes.len();
    let mut text = format!(
        r#"{{"format":1,"initiative":{{"slug":"made-{number:04}","title":"Made request {number}","requestingState":"{}","startedOn":"2015-12","summary":"What a generator made up to measure with."}},"sources":["#,
        codes[requesting]
    );
    for round in 0..rounds {
        let comma = if round == 0 { "" } else { "," };
        let day = day(round * DAYS / rounds + 30);
        push(
            &mut text,
            &format!(
                r#"{comma}{{"key":"report-{round}","kind":"NEWS","publisher":"Made Gazette","title":"Report {round} on request {number}","url":"https://sources.example/{number}/{round}","publishedOn":"{day}","language":"en","derivedFrom":null}}"#
            ),
        );
    }
    text.push_str(r#"],"statements":["#);
    let requested: Vec<&String> = (1..codes.len())
        .map(|step| &codes[(requesting + step) % codes.len()])
        .take(size)
        .collect();
    let mut stances = vec![STANCES.len(); size];
    for round in 0..rounds {
        for (code, stance) in requested.iter().zip(&mut stances) {
            *stance = other_than(*stance, random);
            let comma = if text.ends_with('[') { "" } else { "," };
            let key = format!("{}-{round}", code.to_lowercase());
            let day = day(round * DAYS / rounds + random.below(DAYS / rounds.max(120)));
            let stance = STANCES[*stance];
            push(
                &mut text,
                &format!(
                    r#"{comma}{{"key":"{key}","subject":{{"relationship":"{code}"}},"claimant":{{"kind":"REQUESTED_STATE","label":"Ministry of Foreign Affairs of {code}"}},"validFrom":"{day}","summary":"The ministry describes where the request stands, in sentence {round} about {code}.","body":{{"stance":{{"stance":"{stance}"}}}},"evidence":[{{"source":"report-{round}","relation":"SUPPORTS","quote":null,"locator":null}}],"contradicts":[],"corrects":null,"note":null}}"#
                ),
            );
        }
    }
    text.push_str("]}\n");
    text
}

fn push(text: &mut String, part: &str) {
    text.write_str(part)
        .expect("a string takes all that is written");
}

/// Another index of [`STANCES`].
fn other_than(before: usize, random: &mut Random) -> usize {
    let all = STANCES.len() as u64;
    let drawn = usize::try_from(random.below(if before < STANCES.len() { all - 1 } else { all }));
    let drawn = drawn.expect("it is below eight");
    drawn + usize::from(drawn >= before)
}

/// So many days after 2016-01-01, in months of thirty days and years of twelve of those: never a day that is not.
fn day(after: u64) -> String {
    let (year, month, day) = (2016 + after / 360, after / 30 % 12 + 1, after % 30 + 1);
    // February is short; two days of it fall together.
    let day = if month == 2 { day.min(28) } else { day };
    format!("{year}-{month:02}-{day:02}")
}

/// splitmix64, by Sebastiano Vigna.
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
