//! Import documents: nothing makes the reader panic, what it takes it would take again, and what is refused is not
//! written, not even in part.

mod document;

use std::time::Instant;

use demarche::database::{Database, Missing};
use demarche::ledger::import::document::{Document, parse};
use demarche::ledger::import::import;
use demarche::ledger::{head, verify};
use demarche::server::{clock, open};
use serde_json::{Value, json};

use crate::claim::{Failure, Plan, Tally, claim, claim_quiet};
use crate::dice::Dice;
use document::Shipped;

const BATCH: u64 = 100;
/// One of so many that are read is imported, and never more than a few hundred in all.
const IMPORTED: u64 = 4;
const IMPORTS: u64 = 400;

pub fn run(plan: &Plan, tally: &mut Tally) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/fuzz.db", directory.path().display());
    let database = runtime.block_on(open(&url, Missing::Make)).unwrap();
    let shipped = Shipped::read();
    let (mut read, mut imports) = (0, Tally::default());
    for (batch, length) in plan.batches(BATCH) {
        let mut dice = Dice::new(plan.seed, batch);
        for _ in 0..length {
            let text = shipped.draw(&mut dice);
            plan.journal.note(text.as_bytes());
            let start = Instant::now();
            let parsed = parse(&text);
            tally.count(parsed.is_ok(), start.elapsed());
            claim_quiet(text.as_bytes())?;
            let Some(document) = check(&text, parsed)? else {
                continue;
            };
            read += 1;
            if read % IMPORTED == 0 && imports.inputs() < IMPORTS {
                runtime.block_on(take(&database, &text, &document, &mut imports))?;
            }
        }
    }
    tally.notes.push(format!("imports: {imports}"));
    runtime.block_on(check_ledger(database))
}

/// The document, if it is one: its own text is the same document.
fn check(
    text: &str,
    parsed: Result<Document, Vec<demarche::ledger::import::document::Fault>>,
) -> Result<Option<Document>, Failure> {
    let document = match parsed {
        Ok(document) => document,
        Err(faults) => {
            let said = !faults.is_empty();
            claim(said, text.as_bytes(), || {
                "it is refused without a word".to_owned()
            })?;
            return Ok(None);
        }
    };
    let mut again = json!(document);
    again["format"] = json!(1);
    let again = parse(&again.to_string());
    claim(again.as_ref() == Ok(&document), text.as_bytes(), || {
        format!("it is written as another: {again:?}")
    })?;
    Ok(Some(document))
}

/// Imports it, twice if it is taken.
async fn take(
    database: &Database,
    text: &str,
    document: &Document,
    imports: &mut Tally,
) -> Result<(), Failure> {
    let (input, start) = (text.as_bytes(), Instant::now());
    let before = head::load(database.reader()).await.unwrap();
    let imported = import(database.writer(), document, &clock()).await;
    imports.count(imported.is_ok(), start.elapsed());
    let after = head::load(database.reader()).await.unwrap();
    let Ok(imported) = imported else {
        claim_quiet(input)?;
        return claim(before == after, input, || {
            "refused, and yet written".to_owned()
        });
    };
    let recorded: u32 = imported.recorded.values().sum();
    let grown = after.seq - before.seq;
    claim(grown == i64::from(recorded), input, || {
        format!("{recorded} are said to be recorded, the ledger grew by {grown}")
    })?;
    let again = import(database.writer(), document, &clock()).await;
    let unchanged = head::load(database.reader()).await.unwrap() == after;
    let holds = unchanged && again.is_ok_and(|again| again.recorded.is_empty());
    claim(holds, input, || {
        "imported again, it is recorded again".to_owned()
    })?;
    claim_quiet(input)
}

async fn check_ledger(database: Database) -> Result<(), Failure> {
    let report = verify::verify(database.reader()).await.unwrap();
    claim(report.faults.is_empty(), b"", || {
        format!("the ledger: {:?}", report.faults)
    })?;
    database.close().await.unwrap();
    Ok(())
}

/// What a document is named by, and what its statements may be about.
fn rename(document: &mut Value, slug: &str) {
    document["initiative"]["slug"] = json!(slug);
    for statement in document["statements"].as_array_mut().into_iter().flatten() {
        if let Some(subject) = statement.pointer_mut("/subject/initiative") {
            *subject = json!(slug);
        }
    }
}
