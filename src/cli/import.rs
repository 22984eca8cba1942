//! `demarche import`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::{say, unreadable};
use crate::config::Import;
use crate::database::{Database, Missing};
use crate::error::{Error, Result};
use crate::ledger::import::Imported;
use crate::ledger::{import as ledger_import, import::document, restore};
use crate::server;

/// The first line of an exported ledger is shorter, in bytes.
const HEADER: u64 = 1_024;

/// Each file is told of when it is recorded; the first that cannot be ends it.
pub(super) async fn import(options: &Import) -> Result<()> {
    // A mistyped name must not leave a database behind.
    for file in &options.files {
        open(file)?;
    }
    let database = server::open(&options.database.database_url, Missing::Make).await?;
    for file in &options.files {
        import_file(file, &database).await?;
    }
    database.close().await
}

async fn import_file(file: &Path, database: &Database) -> Result<()> {
    let mut first = Vec::new();
    open(file)?
        .take(HEADER)
        .read_until(b'\n', &mut first)
        .map_err(|error| unreadable(file, &error))?;
    if restore::is_export(&first) {
        restore_ledger(file, database).await
    } else {
        import_document(file, database).await
    }
}

async fn restore_ledger(file: &Path, database: &Database) -> Result<()> {
    let restored = restore::restore(database.writer(), || open(file)).await?;
    say(&format!(
        "{} entries recorded, {} present already",
        restored.recorded, restored.present
    ))
}

async fn import_document(file: &Path, database: &Database) -> Result<()> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    let document = document::parse(&text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        let message = format!(
            "{} faults, nothing was recorded\n{}",
            faults.len(),
            lines.join("\n")
        );
        Error::bad_input(file.display().to_string(), message)
    })?;
    let imported = ledger_import::import(database.writer(), &document, &server::clock()).await?;
    say(&summary(&imported))
}

/// What was recorded and what was there, by kind.
pub(super) fn summary(imported: &Imported) -> String {
    let list = |counts: &BTreeMap<String, u32>| {
        let total: u32 = counts.values().sum();
        let kinds: Vec<String> = counts
            .iter()
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        if kinds.is_empty() {
            total.to_string()
        } else {
            format!("{total} ({})", kinds.join(", "))
        }
    };
    format!(
        "recorded {}\npresent already {}",
        list(&imported.recorded),
        list(&imported.present)
    )
}

fn open(file: &Path) -> Result<BufReader<File>> {
    File::open(file)
        .map(BufReader::new)
        .map_err(|error| unreadable(file, &error))
}
