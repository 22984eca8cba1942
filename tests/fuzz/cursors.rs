//! Cursors of pages and of the ledger: nothing makes them panic, and what they say survives its text.

use std::fmt::Display;
use std::time::Instant;

use data_encoding::BASE64URL_NOPAD;
use demarche::model::cursor::{LedgerCursor, PageCursor, SortKey};

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
            let page = survives(&text, PageCursor::parse)?;
            let ledger = survives(&text, LedgerCursor::parse)?;
            tally.count(page || ledger, start.elapsed());
            claim_quiet(text.as_bytes())?;
        }
    }
    Ok(())
}

/// Whether it is a cursor; if so, its text is one of the same place.
fn survives<T: Display + PartialEq>(
    text: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<bool, Failure> {
    let Some(cursor) = parse(text) else {
        return Ok(false);
    };
    let again = parse(&cursor.to_string());
    claim(again == Some(cursor), text.as_bytes(), || {
        "a cursor that was read is written as another".to_owned()
    })?;
    Ok(true)
}

fn draw(dice: &mut Dice) -> Result<String, Failure> {
    let mut text = match dice.below(6) {
        0 => page(dice)?,
        1 => ledger(dice)?,
        2 => BASE64URL_NOPAD.encode(&json(dice)),
        3 => BASE64URL_NOPAD.encode(&dice.bytes(60)),
        4 => String::from_utf8_lossy(&dice.bytes(60)).into_owned(),
        _ => text::odd(dice),
    };
    if dice.chance(30) {
        text = text::garbled(text, 4, dice);
    }
    Ok(text)
}

fn page(dice: &mut Dice) -> Result<String, Failure> {
    let key = if dice.chance(50) {
        SortKey::Number(dice.number())
    } else {
        SortKey::Text(text::odd(dice))
    };
    let id = dice.number();
    written(PageCursor { key, id }, PageCursor::parse)
}

fn ledger(dice: &mut Dice) -> Result<String, Failure> {
    let (generation, hash) = (text::odd(dice), text::odd(dice));
    let cursor = LedgerCursor::new(&generation, dice.number(), &hash);
    written(cursor, LedgerCursor::parse)
}

/// Its text, which is read as what was written.
fn written<T: Display + PartialEq>(
    cursor: T,
    parse: fn(&str) -> Option<T>,
) -> Result<String, Failure> {
    let text = cursor.to_string();
    let read = parse(&text);
    claim(read == Some(cursor), text.as_bytes(), || {
        "a cursor that was written is read as another".to_owned()
    })?;
    Ok(text)
}

/// What a cursor is made of, or nearly.
fn json(dice: &mut Dice) -> Vec<u8> {
    let depth = dice.size();
    match dice.below(6) {
        0 => "[".repeat(depth),
        1 => format!("{}1{}", "[".repeat(depth), "]".repeat(depth)),
        2 => format!("[{},{}]", dice.float(), dice.number()),
        3 => format!(
            "[{:?},{:?},{:?}]",
            text::odd(dice),
            dice.number(),
            text::odd(dice)
        ),
        4 => format!(" [ \"\\u0041\" , {}e0 ] ", dice.number()),
        _ => format!("[{}999999999,null,{{\"a\":1}}]", dice.number()),
    }
    .into_bytes()
}
