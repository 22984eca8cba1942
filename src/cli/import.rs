//! `demarche import`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::progress::ProgressBar;
use super::{print_line, read_error};
use crate::config::commands::Import;
use crate::database::{Database, IfMissing};
use crate::error::{Error, Result};
use crate::ledger::import::{ImportSummary, document::Document};
use crate::ledger::write_health::{ClockCheck, WriteHealth};
use crate::ledger::{import as ledger_import, import::document, restore, seed};
use crate::server;

/// Limit for the first line of an exported ledger.
const MAX_HEADER_BYTES: u64 = 1_024;

/// Imports files in order and prints a summary of each; stops at the first that cannot be imported.
pub(super) async fn import(options: &Import) -> Result<()> {
    // A mistyped file name must not leave a new database behind.
    for file in &options.files {
        open_file(file)?;
    }
    let database = server::open(&options.database.database_url, IfMissing::Create).await?;
    let clock_check = ClockCheck::new(options.allow_clock_behind);
    let health = WriteHealth::new(server::clock(), clock_check);
    let health = health.with_files(database.files().clone());
    if options.bundled {
        record(&seed::bundled_document()?, &database, &health).await?;
    }
    for file in &options.files {
        import_file(file, &database, &health).await?;
    }
    database.close().await
}

async fn import_file(file: &Path, database: &Database, health: &WriteHealth) -> Result<()> {
    let mut first = Vec::new();
    open_file(file)?
        .take(MAX_HEADER_BYTES)
        .read_until(b'\n', &mut first)
        .map_err(|error| read_error(file, &error))?;
    if restore::is_export(&first) {
        restore_ledger(file, database, health).await
    } else {
        import_document(file, database, health).await
    }
}

async fn restore_ledger(file: &Path, database: &Database, health: &WriteHealth) -> Result<()> {
    let size = std::fs::metadata(file)
        .map_err(|error| read_error(file, &error))?
        .len();
    // Each byte is read twice: to check it, and to record it.
    let progress = ProgressBar::of_bytes("import", 2 * size);
    let open = || Ok(progress.wrap(open_file(file)?));
    let restore_summary = restore::restore_with(database.writer(), open, health).await?;
    drop(progress);
    let recorded = format!("{} entries recorded", restore_summary.recorded);
    print_line(&match restore_summary.present {
        0 => recorded,
        present => format!("{recorded}, skipped {present} that were already there"),
    })
}

async fn import_document(file: &Path, database: &Database, health: &WriteHealth) -> Result<()> {
    let text = std::fs::read_to_string(file).map_err(|error| read_error(file, &error))?;
    let document = document::parse(&text).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
        let noun = if lines.len() == 1 { "error" } else { "errors" };
        let message = format!(
            "{} {noun}; nothing was recorded\n{}",
            lines.len(),
            lines.join("\n")
        );
        Error::bad_input(file.display().to_string(), message)
    })?;
    record(&document, database, health).await
}

async fn record(document: &Document, database: &Database, health: &WriteHealth) -> Result<()> {
    let progress = ProgressBar::of_entries("import");
    let import_summary =
        ledger_import::import_with(database.writer(), document, health, &progress).await?;
    drop(progress);
    print_line(&summary(&import_summary))
}

/// The numbers of items that were recorded and, if there are any, of those that were already there, by kind.
pub(super) fn summary(import_summary: &ImportSummary) -> String {
    summary_with(import_summary, ["recorded", "skipped"])
}

/// As [`summary`], with other verbs.
pub(super) fn summary_with(import_summary: &ImportSummary, [record, skip]: [&str; 2]) -> String {
    let total = |counts: &BTreeMap<String, u32>| counts.values().sum::<u32>();
    let kinds = |counts: &BTreeMap<String, u32>| {
        let kinds = counts.iter().map(|(kind, count)| format!("{kind} {count}"));
        match kinds.collect::<Vec<_>>().join(", ") {
            kinds if kinds.is_empty() => kinds,
            kinds => format!(" ({kinds})"),
        }
    };
    let (recorded, present) = (&import_summary.recorded, &import_summary.present);
    let summary = format!("{record} {}{}", total(recorded), kinds(recorded));
    match total(present) {
        0 => summary,
        skipped => {
            let kinds = kinds(present);
            format!("{summary}\n{skip} {skipped} that were already there{kinds}")
        }
    }
}

fn open_file(file: &Path) -> Result<BufReader<File>> {
    File::open(file)
        .map(BufReader::new)
        .map_err(|error| read_error(file, &error))
}
