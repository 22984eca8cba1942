//! CSV files of `demarche import` and `demarche check`: `statements.csv` and `sources.csv`, read together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use entity::initiative;
use sea_orm::{DatabaseConnection, EntityTrait};
use serde_json::json;

use super::{print_result, read_error};
use crate::config::commands::Output;
use crate::error::Result;
use crate::ledger::import::csv::{self, CsvDocument, CsvError, NamedText};
use crate::ledger::import::dry_run::{DryRun, dry_run};
use crate::server;

pub(super) fn is_csv(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// The CSV files among others.
pub(super) fn list_csv(files: &[PathBuf]) -> Vec<&Path> {
    let files = files.iter().map(PathBuf::as_path);
    files.filter(|file| is_csv(file)).collect()
}

/// The names of the files, for summaries.
pub(super) fn names_of(files: &[&Path]) -> String {
    let names = files.iter().map(|file| file.display().to_string());
    names.collect::<Vec<_>>().join(", ")
}

/// Reads the files, and finds out which of their rows the ledger has.
/// # Errors
/// The inner one has what is wrong with the rows.
pub(super) async fn read(
    files: &[&Path],
    ledger: Option<&DatabaseConnection>,
) -> Result<Result<Vec<CsvDocument>, Vec<CsvError>>> {
    let mut texts: Vec<NamedText> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).map_err(|error| read_error(file, &error))?;
        texts.push((file.display().to_string(), text));
    }
    let mut initiatives = BTreeMap::new();
    if let Some(ledger) = ledger {
        for row in initiative::Entity::find().all(ledger).await? {
            initiatives.insert(row.slug.clone(), row);
        }
    }
    let mut documents = match csv::read(&texts, &initiatives) {
        Ok(documents) => documents,
        Err(errors) => return Ok(Err(errors)),
    };
    let Some(ledger) = ledger else {
        return Ok(Ok(documents));
    };
    let recorded =
        csv::find_recorded(ledger, &mut documents, &initiatives, &server::clock()).await?;
    Ok(recorded.map(|()| documents))
}

/// What an import of each document would do.
/// # Errors
/// As [`read`].
pub(super) async fn dry_run_all(
    ledger: &DatabaseConnection,
    documents: &[CsvDocument],
) -> Result<Result<Vec<DryRun>, Vec<CsvError>>> {
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for one in documents {
        let result = dry_run(ledger, &one.document, &server::clock()).await?;
        errors.extend(
            result
                .errors
                .iter()
                .map(|error| one.locations.locate(error)),
        );
        results.push(result);
    }
    Ok(if errors.is_empty() {
        Ok(results)
    } else {
        Err(errors)
    })
}

/// Prints errors with their rows and columns; returns their number.
pub(super) fn print_errors(errors: &[CsvError], output: Output) -> Result<usize> {
    for error in errors {
        let object = json!({
            "type": "error", "file": error.file, "row": error.row, "column": error.column, "message": error.message,
        });
        print_result(output, &object, &error.to_string())?;
    }
    Ok(errors.len())
}
