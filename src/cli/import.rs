//! `demarche import`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use super::{say, unreadable};
use crate::config::Import;
use crate::database::{Database, Missing};
use crate::error::{Error, Result};
use crate::ledger::import::Imported;
use crate::ledger::{document, import as ledger_import, restore};
use crate::server;

pub(super) async fn import(options: &Import) -> Result<()> {
    let mut first = String::new();
    open(options)?
        .read_line(&mut first)
        .map_err(|error| unreadable(options, &error))?;
    let database = server::open(&options.database.database_url, Missing::Make).await?;
    if restore::is_export(&first) {
        restore_ledger(options, &database).await?;
    } else {
        import_document(options, &database).await?;
    }
    database.close().await
}

async fn restore_ledger(options: &Import, database: &Database) -> Result<()> {
    let restored = restore::restore(database.writer(), || open(options)).await?;
    say(&format!(
        "{} entries recorded, {} present already",
        restored.recorded, restored.present
    ))
}

async fn import_document(options: &Import, database: &Database) -> Result<()> {
    let text =
        std::fs::read_to_string(&options.file).map_err(|error| unreadable(options, &error))?;
    let document = document::parse(&text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        let message = format!(
            "{} faults, nothing was recorded\n{}",
            faults.len(),
            lines.join("\n")
        );
        Error::bad_input(options.file.display().to_string(), message)
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

fn open(options: &Import) -> Result<BufReader<File>> {
    File::open(&options.file)
        .map(BufReader::new)
        .map_err(|error| unreadable(options, &error))
}
