//! `demarche import`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::json;

use super::csv_files;
use super::document_report::{print_errors, rejected, summary};
use super::progress::ProgressBar;
use super::{print_result, read_error};
use crate::config::commands::{Import, Output};
use crate::database::{Database, IfMissing};
use crate::error::Result;
use crate::ledger::import::document::Document;
use crate::ledger::write_health::{ClockCheck, WriteHealth};
use crate::ledger::{head, import as ledger_import, import::document, restore, seed};
use crate::server;

/// Limit for the first line of an exported ledger.
const MAX_HEADER_BYTES: u64 = 1_024;

/// New entries after which the database updates its statistics.
const MANY_ENTRIES: i64 = 500;

/// What the bundled data set is called instead of a file.
const BUNDLED: &str = "(bundled)";

/// Imports files in order, CSV files last and together, and prints a summary of each; stops at the first that cannot be imported.
pub(super) async fn import(options: &Import) -> Result<()> {
    // A mistyped file name must not leave a new database behind.
    for file in &options.files {
        open_file(file)?;
    }
    let database = server::open(&options.database.database_url, IfMissing::Create).await?;
    let before = head::load_head(database.reader()).await?.seq;
    let clock_check = ClockCheck::new(options.allow_clock_behind);
    let health = WriteHealth::new(server::clock(), clock_check);
    let health = health.with_files(database.files().clone());
    if options.bundled {
        let document = seed::bundled_document()?;
        record(BUNDLED, &document, &database, &health, options.output).await?;
    }
    for file in options.files.iter().filter(|file| !csv_files::is_csv(file)) {
        import_file(file, &database, &health, options.output).await?;
    }
    let csv = csv_files::list_csv(&options.files);
    if !csv.is_empty() {
        import_csv(&csv, &database, &health, options.output).await?;
    }
    if head::load_head(database.reader()).await?.seq - before >= MANY_ENTRIES {
        database.analyze().await;
    }
    database.close().await
}

/// Imports rows: those of all initiatives, or none.
async fn import_csv(
    files: &[&Path],
    database: &Database,
    health: &WriteHealth,
    output: Output,
) -> Result<()> {
    let documents = csv_files::read(files, Some(database.reader())).await?;
    let checked = match &documents {
        Ok(documents) => csv_files::dry_run_all(database.reader(), documents)
            .await?
            .map(drop),
        Err(errors) => Err(errors.clone()),
    };
    if let Err(errors) = checked {
        if output.json {
            csv_files::print_errors(&errors, output)?;
        }
        return Err(rejected(csv_files::names_of(files), &errors));
    }
    for one in documents.iter().flatten() {
        let name = csv_files::names_of(files);
        record(&name, &one.document, database, health, output).await?;
    }
    Ok(())
}

async fn import_file(
    file: &Path,
    database: &Database,
    health: &WriteHealth,
    output: Output,
) -> Result<()> {
    let mut first = Vec::new();
    open_file(file)?
        .take(MAX_HEADER_BYTES)
        .read_until(b'\n', &mut first)
        .map_err(|error| read_error(file, &error))?;
    if restore::is_export(&first) {
        restore_ledger(file, database, health, output).await
    } else {
        import_document(file, database, health, output).await
    }
}

async fn restore_ledger(
    file: &Path,
    database: &Database,
    health: &WriteHealth,
    output: Output,
) -> Result<()> {
    let size = std::fs::metadata(file)
        .map_err(|error| read_error(file, &error))?
        .len();
    // Each byte is read twice: to check it, and to record it.
    let progress = ProgressBar::of_bytes("import", 2 * size);
    let open = || Ok(progress.wrap(open_file(file)?));
    let restore_summary = restore::restore_with(database.writer(), open, health).await?;
    drop(progress);
    let (recorded, present) = (restore_summary.recorded, restore_summary.present);
    let object = json!({
        "type": "summary", "file": file.display().to_string(),
        "recorded": { "entry": recorded }, "present": { "entry": present },
    });
    let text = match present {
        0 => format!("{recorded} entries recorded"),
        _ => format!("{recorded} entries recorded, skipped {present} that were already there"),
    };
    print_result(output, &object, &text)
}

async fn import_document(
    file: &Path,
    database: &Database,
    health: &WriteHealth,
    output: Output,
) -> Result<()> {
    let text = std::fs::read_to_string(file).map_err(|error| read_error(file, &error))?;
    let document = match document::parse(&text) {
        Ok(document) => document,
        Err(errors) => {
            if output.json {
                print_errors(file, &text, &errors, output)?;
            }
            return Err(rejected(file.display().to_string(), &errors));
        }
    };
    let name = file.display().to_string();
    record(&name, &document, database, health, output).await
}

async fn record(
    name: &str,
    document: &Document,
    database: &Database,
    health: &WriteHealth,
    output: Output,
) -> Result<()> {
    let progress = ProgressBar::of_entries("import");
    let done = ledger_import::import_with(database.writer(), document, health, &progress).await?;
    drop(progress);
    let object = json!({
        "type": "summary", "file": name, "recorded": done.recorded, "present": done.present,
    });
    print_result(output, &object, &summary(&done))
}

fn open_file(file: &Path) -> Result<BufReader<File>> {
    File::open(file)
        .map(BufReader::new)
        .map_err(|error| read_error(file, &error))
}
