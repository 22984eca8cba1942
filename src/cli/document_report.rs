//! Reports of commands that read documents: the numbers of items, and errors with their lines.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

use serde_json::json;

use super::print_result;
use crate::config::commands::Output;
use crate::error::{Error, Result};
use crate::ledger::import::ImportSummary;
use crate::ledger::import::document::{DocumentError, lines::Lines};

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

/// The error of an import that recorded nothing. `files` names what was read.
pub(super) fn rejected(files: String, errors: &[impl Display]) -> Error {
    let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
    let noun = if lines.len() == 1 { "error" } else { "errors" };
    let message = format!(
        "{} {noun}; nothing was recorded\n{}",
        lines.len(),
        lines.join("\n")
    );
    Error::bad_input(files, message)
}

/// Prints errors with their lines; returns their number.
pub(super) fn print_errors(
    file: &Path,
    text: &str,
    errors: &[DocumentError],
    output: Output,
) -> Result<usize> {
    let lines = Lines::new(text);
    for error in errors {
        let line = error.line.unwrap_or_else(|| lines.find(&error.path));
        let object = json!({
            "type": "error", "file": file.display().to_string(), "line": line, "path": error.path,
            "message": error.message,
        });
        print_result(
            output,
            &object,
            &format!("{}:{line}: {error}", file.display()),
        )?;
    }
    Ok(errors.len())
}
