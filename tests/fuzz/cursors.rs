//! Fuzzing of page and ledger cursors: parsing never panics, and a parsed cursor survives a round trip.

use std::fmt::Display;
use std::time::Instant;

use data_encoding::BASE64URL_NOPAD;
use demarche::model::cursor::{LedgerCursor, PageCursor, SortKey};

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
            let page = check_round_trip(&text, PageCursor::parse)?;
            let ledger = check_round_trip(&text, LedgerCursor::parse)?;
            stats.count(page || ledger, start.elapsed());
            ensure_no_errors(text.as_bytes())?;
        }
    }
    Ok(())
}

/// Whether the text is a cursor; if so, its own text must parse to the same cursor.
fn check_round_trip<T: Display + PartialEq>(
    text: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<bool, Failure> {
    let Some(cursor) = parse(text) else {
        return Ok(false);
    };
    let reparsed = parse(&cursor.to_string());
    ensure(reparsed == Some(cursor), text.as_bytes(), || {
        "a parsed cursor is printed as a different cursor".to_owned()
    })?;
    Ok(true)
}

fn generate(random: &mut Random) -> Result<String, Failure> {
    let mut text = match random.below(6) {
        0 => page(random)?,
        1 => ledger(random)?,
        2 => BASE64URL_NOPAD.encode(&json(random)),
        3 => BASE64URL_NOPAD.encode(&random.bytes(60)),
        4 => String::from_utf8_lossy(&random.bytes(60)).into_owned(),
        _ => text::odd(random),
    };
    if random.chance(30) {
        text = text::garble_text(text, 4, random);
    }
    Ok(text)
}

fn page(random: &mut Random) -> Result<String, Failure> {
    let key = if random.chance(50) {
        SortKey::Number(random.number())
    } else {
        SortKey::Text(text::odd(random))
    };
    let id = random.number();
    printed(PageCursor { key, id }, PageCursor::parse)
}

fn ledger(random: &mut Random) -> Result<String, Failure> {
    let (generation, hash) = (text::odd(random), text::odd(random));
    let cursor = LedgerCursor::new(&generation, random.number(), &hash);
    printed(cursor, LedgerCursor::parse)
}

/// The text of a cursor, which must parse to the same cursor.
fn printed<T: Display + PartialEq>(
    cursor: T,
    parse: fn(&str) -> Option<T>,
) -> Result<String, Failure> {
    let text = cursor.to_string();
    let parsed = parse(&text);
    ensure(parsed == Some(cursor), text.as_bytes(), || {
        "a printed cursor is parsed as a different cursor".to_owned()
    })?;
    Ok(text)
}

/// JSON that resembles the content of a cursor.
fn json(random: &mut Random) -> Vec<u8> {
    let depth = random.size();
    match random.below(6) {
        0 => "[".repeat(depth),
        1 => format!("{}1{}", "[".repeat(depth), "]".repeat(depth)),
        2 => format!("[{},{}]", random.float(), random.number()),
        3 => format!(
            "[{:?},{:?},{:?}]",
            text::odd(random),
            random.number(),
            text::odd(random)
        ),
        4 => format!(" [ \"\\u0041\" , {}e0 ] ", random.number()),
        _ => format!("[{}999999999,null,{{\"a\":1}}]", random.number()),
    }
    .into_bytes()
}
