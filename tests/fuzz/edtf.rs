//! Dates as sources give them: nothing makes them panic, no date ends before it begins, and its text is the same date.

use std::fmt::Write;
use std::time::Instant;

use chrono::{Datelike, NaiveDate};
use demarche::model::edtf::Edtf;

use crate::claim::{Failure, Plan, Tally, claim, claim_quiet};
use crate::dice::Dice;
use crate::text;

pub fn run(plan: &Plan, tally: &mut Tally) -> Result<(), Failure> {
    for (batch, length) in plan.batches(1_000) {
        let mut dice = Dice::new(plan.seed, batch);
        for _ in 0..length {
            let text = draw(&mut dice)?;
            plan.journal.note(text.as_bytes());
            let start = Instant::now();
            let date = Edtf::parse(&text);
            tally.count(date.is_ok(), start.elapsed());
            if let Ok(date) = date {
                check(&text, &date)?;
            }
            claim_quiet(text.as_bytes())?;
        }
    }
    Ok(())
}

fn check(text: &str, date: &Edtf) -> Result<(), Failure> {
    let input = text.as_bytes();
    let bounds = date.earliest().zip(date.latest());
    let is_forward = bounds.is_none_or(|(earliest, latest)| earliest <= latest);
    claim(is_forward, input, || {
        format!("it ends before it begins: {date:?}")
    })?;
    let again = Edtf::parse(date.as_str());
    claim(again.as_ref() == Ok(date), input, || {
        format!("its text is read as {again:?}")
    })?;
    let is_bounded = date.earliest().is_some() || date.latest().is_some();
    claim(is_bounded, input, || "it is open at both ends".to_owned())
}

fn draw(dice: &mut Dice) -> Result<String, Failure> {
    let mut text = match dice.below(5) {
        0 | 1 => part(dice),
        2 => day(dice)?,
        3 => format!("{}/{}", side(dice), side(dice)),
        _ => text::odd(dice),
    };
    if dice.chance(30) {
        text = text::garbled(text, 3, dice);
    }
    Ok(text)
}

fn side(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => "..".to_owned(),
        1 => String::new(),
        _ => part(dice),
    }
}

/// The form of a date, if not always one that there is.
fn part(dice: &mut Dice) -> String {
    let mut text = match dice.below(8) {
        0 => format!("{:04}", dice.below(10_000)),
        1 => dice.number().to_string(),
        _ => format!("{:04}", 1890 + dice.below(200)),
    };
    for _ in 0..dice.below(4) {
        write!(text, "-{:02}", dice.below(34)).unwrap();
    }
    if dice.chance(30) {
        text.push(*dice.pick(&['~', '?', '%', 'X', '-']));
    }
    text
}

/// A day that there is, as its own text: both bounds are that day.
fn day(dice: &mut Dice) -> Result<String, Failure> {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a literal");
    let day = first + chrono::Days::new(dice.below(2_958_464) as u64);
    let text = format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
    let read = Edtf::parse(&text);
    let bounds = read.as_ref().map(|date| (date.earliest(), date.latest()));
    claim(
        bounds == Ok((Some(day), Some(day))),
        text.as_bytes(),
        || format!("a day of the calendar is read as {read:?}"),
    )?;
    Ok(text)
}
