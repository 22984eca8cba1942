//! Fuzzing of import documents: parsing never panics, an accepted document can be imported again without effect, and a
//! rejected one writes nothing at all.

mod document;

use std::time::Instant;

use demarche::database::{Database, IfMissing};
use demarche::ledger::import::document::{Document, parse};
use demarche::ledger::import::import;
use demarche::ledger::{head, verify};
use demarche::server::{clock, open};
use serde_json::{Value, json};

use crate::property::{Failure, Plan, Stats, ensure, ensure_no_errors};
use crate::random::Random;
use document::BundledDocument;

const BATCH_SIZE: u64 = 100;
/// One in this many valid documents is imported, up to a few hundred in all.
const IMPORTED_ONE_IN: u64 = 4;
const MAX_IMPORTS: u64 = 400;

pub fn run(plan: &Plan, stats: &mut Stats) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/fuzz.db", directory.path().display());
    let database = runtime.block_on(open(&url, IfMissing::Create)).unwrap();
    let bundled = BundledDocument::read();
    let (mut valid, mut imports) = (0, Stats::default());
    for (batch, length) in plan.batches(BATCH_SIZE) {
        let mut random = Random::new(plan.seed, batch);
        for _ in 0..length {
            let text = bundled.generate(&mut random);
            plan.journal.store(text.as_bytes());
            let start = Instant::now();
            let parsed = parse(&text);
            stats.count(parsed.is_ok(), start.elapsed());
            ensure_no_errors(text.as_bytes())?;
            let Some(document) = check_parsed(&text, parsed)? else {
                continue;
            };
            valid += 1;
            if valid % IMPORTED_ONE_IN == 0 && imports.inputs() < MAX_IMPORTS {
                runtime.block_on(import_twice(&database, &text, &document, &mut imports))?;
            }
        }
    }
    stats.notes.push(format!("imports: {imports}"));
    runtime.block_on(check_ledger(database))
}

/// The document if it is valid; its own text must parse to the same document.
fn check_parsed(
    text: &str,
    parsed: Result<Document, Vec<demarche::ledger::import::document::DocumentError>>,
) -> Result<Option<Document>, Failure> {
    let document = match parsed {
        Ok(document) => document,
        Err(errors) => {
            let has_errors = !errors.is_empty();
            ensure(has_errors, text.as_bytes(), || {
                "the document is rejected without an error".to_owned()
            })?;
            return Ok(None);
        }
    };
    let mut printed = json!(document);
    printed["format"] = json!(2);
    let statements = printed["statements"].as_array_mut();
    for (printed, statement) in statements.into_iter().flatten().zip(&document.statements) {
        if statement.corrects.is_some() {
            printed["settlesDisputes"] = json!(!statement.keeps_disputes);
        }
    }
    let reparsed = parse(&printed.to_string());
    ensure(reparsed.as_ref() == Ok(&document), text.as_bytes(), || {
        format!("it is printed as a different document: {reparsed:?}")
    })?;
    Ok(Some(document))
}

/// Imports the document, and a second time if it was accepted.
async fn import_twice(
    database: &Database,
    text: &str,
    document: &Document,
    imports: &mut Stats,
) -> Result<(), Failure> {
    let (input, start) = (text.as_bytes(), Instant::now());
    let before = head::load_head(database.reader()).await.unwrap();
    let imported = import(database.writer(), document, &clock()).await;
    imports.count(imported.is_ok(), start.elapsed());
    let after = head::load_head(database.reader()).await.unwrap();
    let Ok(imported) = imported else {
        ensure_no_errors(input)?;
        return ensure(before == after, input, || {
            "the document was rejected, but the ledger changed".to_owned()
        });
    };
    let recorded: u32 = imported.recorded.values().sum();
    let growth = after.seq - before.seq;
    ensure(growth == i64::from(recorded), input, || {
        format!("{recorded} entries are reported, but the ledger grew by {growth}")
    })?;
    let second = import(database.writer(), document, &clock()).await;
    let unchanged = head::load_head(database.reader()).await.unwrap() == after;
    let is_idempotent = unchanged && second.is_ok_and(|second| second.recorded.is_empty());
    ensure(is_idempotent, input, || {
        "a second import recorded entries".to_owned()
    })?;
    ensure_no_errors(input)
}

async fn check_ledger(database: Database) -> Result<(), Failure> {
    let report = verify::verify(database.reader()).await.unwrap();
    ensure(report.discrepancies.is_empty(), b"", || {
        format!("the ledger is invalid: {:?}", report.discrepancies)
    })?;
    database.close().await.unwrap();
    Ok(())
}

/// Replaces the slug of the document and of the subjects of its statements.
fn rename(document: &mut Value, slug: &str) {
    document["initiative"]["slug"] = json!(slug);
    for statement in document["statements"].as_array_mut().into_iter().flatten() {
        if let Some(subject) = statement.pointer_mut("/subject/initiative") {
            *subject = json!(slug);
        }
    }
}
