//! Fuzzing of EDTF dates: parsing never panics, no date ends before it starts, and the text parses to the same date.

use std::fmt::Write;
use std::time::Instant;

use chrono::{Datelike, NaiveDate};
use demarche::model::edtf::Edtf;

use crate::property::{Failure, Plan, Stats, ensure, ensure_no_errors};
use crate::random::Random;
use crate::text;

pub fn run(plan: &Plan, stats: &mut Stats) -> Result<(), Failure> {
    for (batch, length) in plan.batches(1_000) {
        let mut random = Random::new(plan.seed, batch);
        for _ in 0..length {
            let text = generate(&mut random)?;
            plan.journal.store(text.as_bytes());
            let start = Instant::now();
            let date = Edtf::parse(&text);
            stats.count(date.is_ok(), start.elapsed());
            if let Ok(date) = date {
                check_date(&text, &date)?;
            }
            ensure_no_errors(text.as_bytes())?;
        }
    }
    Ok(())
}

fn check_date(text: &str, date: &Edtf) -> Result<(), Failure> {
    let input = text.as_bytes();
    let bounds = date.earliest().zip(date.latest());
    let is_ordered = bounds.is_none_or(|(earliest, latest)| earliest <= latest);
    ensure(is_ordered, input, || {
        format!("the date ends before it starts: {date:?}")
    })?;
    let reparsed = Edtf::parse(date.as_str());
    ensure(reparsed.as_ref() == Ok(date), input, || {
        format!("its text is parsed as {reparsed:?}")
    })?;
    let is_bounded = date.earliest().is_some() || date.latest().is_some();
    ensure(is_bounded, input, || {
        "the date is open at both ends".to_owned()
    })
}

fn generate(random: &mut Random) -> Result<String, Failure> {
    let mut text = match random.below(5) {
        0 | 1 => part(random),
        2 => day(random)?,
        3 => format!("{}/{}", side(random), side(random)),
        _ => text::odd(random),
    };
    if random.chance(30) {
        text = text::garble_text(text, 3, random);
    }
    Ok(text)
}

fn side(random: &mut Random) -> String {
    match random.below(8) {
        0 => "..".to_owned(),
        1 => String::new(),
        _ => part(random),
    }
}

/// Text in the form of a date; not always a valid date.
fn part(random: &mut Random) -> String {
    let mut text = match random.below(8) {
        0 => format!("{:04}", random.below(10_000)),
        1 => random.number().to_string(),
        _ => format!("{:04}", 1890 + random.below(200)),
    };
    for _ in 0..random.below(4) {
        write!(text, "-{:02}", random.below(34)).unwrap();
    }
    if random.chance(30) {
        text.push(*random.pick(&['~', '?', '%', 'X', '-']));
    }
    text
}

/// A calendar day. Parsed, both of its bounds are that day.
fn day(random: &mut Random) -> Result<String, Failure> {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a literal");
    let day = first + chrono::Days::new(random.below(2_958_464) as u64);
    let text = format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
    let parsed = Edtf::parse(&text);
    let bounds = parsed.as_ref().map(|date| (date.earliest(), date.latest()));
    ensure(
        bounds == Ok((Some(day), Some(day))),
        text.as_bytes(),
        || format!("a calendar day is parsed as {parsed:?}"),
    )?;
    Ok(text)
}
