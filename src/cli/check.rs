//! `demarche check`: what is wrong with documents, with lines, and what an import of them would change. It writes nothing.

use std::path::Path;

use sea_orm::DatabaseConnection;
use serde_json::{Value, json};

use super::csv_files;
use super::document_report::{print_errors, summary_with};
use super::{print_result, read_error};
use crate::config::commands::{Check, Output};
use crate::database::{Database, Diagnosis, redact_password};
use crate::error::{Error, Result};
use crate::ledger::import::document;
use crate::ledger::import::dry_run::{DryRun, PlannedChange, dry_run};
use crate::ledger::restore;
use crate::server;

/// Checks each file by itself against the ledger, and prints every error, or what would change.
/// # Errors
/// `Error::BadUserInput` if a document has errors.
pub(super) async fn check(options: &Check) -> Result<()> {
    let url = &options.database.database_url;
    let ledger = if Database::diagnose(url).await? == Diagnosis::Missing {
        None
    } else {
        Some(Database::inspect(url).await?)
    };
    if ledger.is_none() {
        let notice = format!(
            "no database at {}: the files are checked by themselves, not against a ledger",
            redact_password(url)
        );
        print_result(
            options.output,
            &json!({ "type": "notice", "message": notice }),
            &notice,
        )?;
    }
    let mut errors = 0;
    for file in options.files.iter().filter(|file| !csv_files::is_csv(file)) {
        errors += check_file(file, options, ledger.as_ref()).await?;
    }
    let csv = csv_files::list_csv(&options.files);
    if !csv.is_empty() {
        errors += check_csv(&csv, options, ledger.as_ref()).await?;
    }
    if let Some(ledger) = ledger {
        ledger.close().await?;
    }
    match errors {
        0 => Ok(()),
        1 => Err(Error::bad_input("check", "1 error; see above")),
        count => Err(Error::bad_input(
            "check",
            format!("{count} errors; see above"),
        )),
    }
}

/// The number of errors.
async fn check_file(
    file: &Path,
    options: &Check,
    ledger: Option<&DatabaseConnection>,
) -> Result<usize> {
    let text = std::fs::read_to_string(file).map_err(|error| read_error(file, &error))?;
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    if restore::is_export(first.as_bytes()) {
        let message =
            "is an exported ledger, no document; `import` checks each line before it records any";
        return Err(Error::bad_input(file.display().to_string(), message));
    }
    let document = match document::parse(&text) {
        Ok(document) => document,
        Err(errors) => return print_errors(file, &text, &errors, options.output),
    };
    let name = file.display().to_string();
    let Some(ledger) = ledger else {
        return print_no_errors(&name, options);
    };
    let result = dry_run(ledger, &document, &server::clock()).await?;
    if result.errors.is_empty() {
        print_dry_run(&name, &result, options.output)?;
    }
    print_errors(file, &text, &result.errors, options.output)
}

/// As [`check_file`], of the CSV files together.
async fn check_csv(
    files: &[&Path],
    options: &Check,
    ledger: Option<&DatabaseConnection>,
) -> Result<usize> {
    let documents = match csv_files::read(files, ledger).await? {
        Ok(documents) => documents,
        Err(errors) => return csv_files::print_errors(&errors, options.output),
    };
    let name = csv_files::names_of(files);
    let Some(ledger) = ledger else {
        return print_no_errors(&name, options);
    };
    match csv_files::dry_run_all(ledger, &documents).await? {
        Ok(results) => {
            for result in &results {
                print_dry_run(&name, result, options.output)?;
            }
            Ok(0)
        }
        Err(errors) => csv_files::print_errors(&errors, options.output),
    }
}

fn print_no_errors(name: &str, options: &Check) -> Result<usize> {
    let object = json!({ "type": "summary", "file": name });
    print_result(options.output, &object, &format!("{name}: no errors"))?;
    Ok(0)
}

/// Prints what an import would do.
pub(super) fn print_dry_run(name: &str, result: &DryRun, output: Output) -> Result<()> {
    let (recorded, present) = (&result.summary.recorded, &result.summary.present);
    let object = json!({
        "type": "summary", "file": name, "recorded": recorded, "present": present,
    });
    let text = format!(
        "{name}: no errors; an import\n{}\nwould cause {}",
        summary_with(&result.summary, ["would record", "would skip"]),
        match result.changes.len() {
            1 => "1 stance change".to_owned(),
            count => format!("{count} stance changes"),
        }
    );
    print_result(output, &object, &text)?;
    for planned in &result.changes {
        let (object, text) = describe_change(planned);
        print_result(output, &object, &text)?;
    }
    Ok(())
}

fn describe_change(planned: &PlannedChange) -> (Value, String) {
    let change = &planned.change;
    let object = json!({
        "type": "change", "path": planned.path, "requestedState": change.requested_state,
        "from": change.from_stance, "to": change.to_stance, "kind": change.kind,
        "occurredOn": change.occurred_on, "unusual": change.unusual, "disputed": change.disputed,
    });
    let occurred_on = change.occurred_on.as_deref();
    let marks = [
        occurred_on.map(str::to_owned),
        Some(change.kind.to_lowercase()),
        change.unusual.then(|| "unusual".to_owned()),
        change.disputed.then(|| "disputed".to_owned()),
    ];
    let marks: Vec<String> = marks.into_iter().flatten().collect();
    let text = format!(
        "  {}: {} -> {} ({}), by {}",
        change.requested_state,
        change.from_stance,
        change.to_stance,
        marks.join(", "),
        planned.path
    );
    (object, text)
}
