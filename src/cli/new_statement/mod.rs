//! `demarche new statement`: asks for a statement at a terminal, shows what it would change, and records it or adds it to a document.
//!
//! The answers become a document, so the rules are those of an import. Nothing is written before the last question is answered.

mod body;
mod correction;
mod document_file;
mod draft;
mod evidence;
mod subject;
mod terminal;

use std::path::Path;

use chrono::NaiveDate;
use entity::{initiative, ledger_entry};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::check::print_dry_run;
use super::document_report::summary;
use super::{print_line, read_error};
use crate::config::commands::{NewStatement, Output};
use crate::database::{Database, IfMissing};
use crate::error::{Error, Result};
use crate::ledger::import::document::{self, Document, DocumentError, Statement, Subject};
use crate::ledger::import::dry_run::dry_run;
use crate::ledger::import::{self, ACTOR};
use crate::ledger::write_health::{ClockCheck, WriteHealth};
use crate::model::edtf::Edtf;
use crate::model::statement::{Claimant, ClaimantKind, RequiredSubject, StatementKind};
use crate::model::text;
use crate::server;
use correction::Corrected;
use draft::Draft;
use evidence::Evidences;
use terminal::Terminal;

/// Reports are text: the answers come from a terminal, too.
const TEXT: Output = Output { json: false };

/// # Errors
/// `Error::BadUserInput` without a terminal, and if the questions are cancelled.
pub(super) async fn new_statement(options: &NewStatement) -> Result<()> {
    let terminal = Terminal::open()?;
    let url = &options.database.database_url;
    let ledger = Database::inspect(url).await?;
    let initiatives = initiative::Entity::find().order_by_asc(initiative::Column::Slug);
    let initiatives = initiatives.all(&ledger).await?;
    if initiatives.is_empty() {
        let message = "the ledger has no initiative; import a document first";
        return Err(Error::bad_input("initiative", message));
    }
    let today = server::clock()().day();
    // The prompts block this thread.
    let draft = tokio::task::block_in_place(|| ask(&terminal, &ledger, initiatives, today))?;
    match &options.output {
        Some(file) => add_to_file(file, &draft, &terminal, &ledger).await?,
        None => record(url, &draft, &terminal, &ledger).await?,
    }
    ledger.close().await?;
    Ok(())
}

fn ask(
    terminal: &Terminal,
    ledger: &DatabaseConnection,
    initiatives: Vec<initiative::Model>,
    today: NaiveDate,
) -> Result<Draft> {
    let initiative = ask_initiative(terminal, initiatives)?;
    let corrected = correction::ask(terminal, ledger, &initiative)?;
    let kind = ask_kind(terminal, corrected.as_ref())?;
    let subject = match &corrected {
        Some(corrected) => corrected.subject.clone(),
        None => subject::ask(terminal, &initiative, kind)?,
    };
    let body = body::ask(terminal, kind)?;
    let claimant = ask_claimant(terminal)?;
    let valid_from = terminal.ask(
        "Valid from (EDTF: 2025-06-25, 2025-06~, ../2025-06-25)",
        |text| date_violation(text, today),
    )?;
    let summary = terminal.ask("Summary", |text| text::violation(text, text::MAX_SUMMARY))?;
    let note = terminal.ask_optional("Note (optional)", |text| {
        text::violation(text, text::MAX_DETAIL)
    })?;
    let evidences = Evidences::ask(terminal, ledger, today)?;
    let mut statement = Statement {
        key: String::new(),
        subject,
        claimant,
        valid_from,
        summary,
        body,
        evidence: evidences.items,
        contradicts: Vec::new(),
        corrects: corrected.as_ref().map(Corrected::key),
        note,
        reason: corrected.as_ref().map(|one| one.reason.clone()),
        keeps_disputes: corrected.as_ref().is_some_and(|one| !one.settles_disputes),
    };
    statement.key = key_of("statement", &json!(statement));
    Ok(Draft {
        initiative,
        sources: evidences.sources,
        recorded: evidences.recorded,
        statement,
        corrected,
    })
}

/// Of a correction, a kind that may be about the subject of what it corrects.
fn ask_kind(terminal: &Terminal, corrected: Option<&Corrected>) -> Result<StatementKind> {
    let Some(corrected) = corrected else {
        return terminal.choose_variant("Kind of statement");
    };
    let fits = |kind: &StatementKind| match (kind.required_subject(), &corrected.subject) {
        (RequiredSubject::Relationship, subject) => matches!(subject, Subject::Relationship(_)),
        (RequiredSubject::Initiative, subject) => matches!(subject, Subject::Initiative(_)),
        (RequiredSubject::Any, _) => true,
    };
    let kinds: Vec<StatementKind> = (0..)
        .map_while(StatementKind::from_repr)
        .filter(fits)
        .collect();
    let names: Vec<String> = kinds.iter().map(|kind| kind.as_ref().to_owned()).collect();
    let index = terminal.choose("Kind of statement", &names)?;
    Ok(kinds[index])
}

fn ask_initiative(
    terminal: &Terminal,
    mut initiatives: Vec<initiative::Model>,
) -> Result<initiative::Model> {
    let titles: Vec<String> = initiatives.iter().map(|one| one.title.clone()).collect();
    let index = terminal.choose("Initiative", &titles)?;
    Ok(initiatives.swap_remove(index))
}

fn ask_claimant(terminal: &Terminal) -> Result<Claimant> {
    let kind = terminal.choose_variant::<ClaimantKind>("Who says it")?;
    let question = "Claimant, for example Ministry of Foreign Affairs of Tunisia";
    let label = terminal.ask(question, |text| text::violation(text, text::MAX_LABEL))?;
    Ok(Claimant { kind, label })
}

/// What is wrong with a date on which a claim began to hold.
fn date_violation(text: &str, today: NaiveDate) -> Option<String> {
    match Edtf::parse_input(text) {
        Err(error) => Some(error.to_string()),
        Ok(date) if date.earliest().is_some_and(|day| day > today) => {
            Some(format!("{text} is after today ({today})"))
        }
        Ok(_) => None,
    }
}

/// A key that the content determines, so that the same item is recorded once.
fn key_of(word: &str, content: &serde_json::Value) -> String {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(content.to_string());
    format!("{word}-{}", &data_encoding::HEXLOWER.encode(&hash)[..16])
}

fn input_errors(errors: Vec<DocumentError>) -> Error {
    let errors = errors.into_iter();
    Error::InputErrors(
        errors
            .map(|error| Error::bad_input(error.path, error.message))
            .collect(),
    )
}

/// Shows what an import of the document would do.
/// # Errors
/// `Error::InputErrors` if it would be refused.
async fn show_changes(document: &Document, name: &str, ledger: &DatabaseConnection) -> Result<()> {
    let result = dry_run(ledger, document, &server::clock()).await?;
    if !result.errors.is_empty() {
        return Err(input_errors(result.errors));
    }
    print_dry_run(name, &result, TEXT)
}

async fn record(
    url: &str,
    draft: &Draft,
    terminal: &Terminal,
    ledger: &DatabaseConnection,
) -> Result<()> {
    let document = draft.document()?;
    show_changes(&document, "statement", ledger).await?;
    terminal.confirm_or_cancel("Record it?")?;
    let database = server::open(url, IfMissing::Fail).await?;
    let health = WriteHealth::new(server::clock(), ClockCheck::Refuse);
    let health = health.with_files(database.files().clone());
    let done = import::import_with(database.writer(), &document, &health, &()).await?;
    print_line(&summary(&done))?;
    let key = format!(
        "{}/statement/{}",
        draft.initiative.slug, draft.statement.key
    );
    let entry = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Actor.eq(ACTOR))
        .filter(ledger_entry::Column::IdempotencyKey.eq(key));
    if let Some(entry) = entry.one(database.reader()).await? {
        print_line(&format!("statement {}", entry.seq))?;
    }
    database.close().await
}

/// The key that a statement of the ledger has in documents of its initiative, if it was imported.
async fn find_key(
    ledger: &DatabaseConnection,
    draft: &Draft,
    statement: i64,
) -> Result<Option<String>> {
    let entry = ledger_entry::Entity::find_by_id(statement)
        .one(ledger)
        .await?;
    let entry = entry.filter(|entry| entry.actor == ACTOR);
    let prefix = format!("{}/{}", draft.initiative.slug, import::statement_key(""));
    Ok(entry.and_then(|entry| Some(entry.idempotency_key.strip_prefix(&prefix)?.to_owned())))
}

async fn add_to_file(
    file: &Path,
    draft: &Draft,
    terminal: &Terminal,
    ledger: &DatabaseConnection,
) -> Result<()> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(read_error(file, &error)),
    };
    let corrected = match &draft.corrected {
        Some(corrected) => {
            let found = find_key(ledger, draft, corrected.row.id).await?;
            Some(found.ok_or_else(|| document_file::not_in_it(corrected))?)
        }
        None => None,
    };
    let new_text = document_file::add(text.as_deref(), draft, corrected)?;
    let document = document::parse(&new_text).map_err(input_errors)?;
    let name = file.display().to_string();
    show_changes(&document, &name, ledger).await?;
    terminal.confirm_or_cancel(&format!("Write {name}?"))?;
    document_file::write(file, &new_text)?;
    print_line(&format!("added {} to {name}", draft.statement.key))
}
