//! From rows to items: a document for each initiative, as JSON.

use std::collections::{BTreeMap, HashMap};

use data_encoding::HEXLOWER;
use entity::initiative;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::draft::Draft;
use super::locations::Locations;
use super::sheet::Sheet;
use super::{CsvError, Files, body};
use crate::model::csv_cell::split_texts;
use crate::model::statement::{RequiredSubject, StatementKind};

/// The documents that rows belong to.
pub(super) struct Drafts<'f> {
    pub(super) files: &'f Files,
    initiatives: &'f BTreeMap<String, initiative::Model>,
    /// In the order of their first rows.
    pub(super) all: Vec<Draft>,
    pub(super) by_slug: HashMap<&'f str, usize>,
    pub(super) errors: Vec<CsvError>,
}

impl<'f> Drafts<'f> {
    pub(super) fn read(
        files: &'f Files,
        initiatives: &'f BTreeMap<String, initiative::Model>,
    ) -> Result<Self, Vec<CsvError>> {
        let mut drafts = Self {
            files,
            initiatives,
            all: Vec::new(),
            by_slug: HashMap::new(),
            errors: Vec::new(),
        };
        let sheet = &files.statements;
        let slugs: Vec<Option<&str>> = sheet
            .rows()
            .map(|row| sheet.code(row, "initiative"))
            .collect();
        for (row, slug) in slugs.iter().enumerate() {
            if let Some(slug) = slug {
                drafts.open(row, slug);
            }
        }
        for (row, slug) in slugs.iter().enumerate() {
            drafts.add_statement(row, *slug);
        }
        drafts.add_sources();
        drafts.add_reviews();
        if drafts.errors.is_empty() {
            Ok(drafts)
        } else {
            Err(drafts.errors)
        }
    }

    pub(super) fn into_documents(self) -> impl Iterator<Item = (Value, Locations)> {
        self.all.into_iter().map(Draft::into_document)
    }

    /// Opens the document of an initiative, or adds what a row says of it.
    fn open(&mut self, row: usize, slug: &'f str) {
        let sheet = &self.files.statements;
        let known = self.initiatives.get(slug);
        let index = *self.by_slug.entry(slug).or_insert_with(|| {
            let mut locations = Locations::new(self.files);
            locations.initiative = sheet.number(row);
            self.all.push(Draft::new(slug, known, locations));
            self.all.len() - 1
        });
        if known.is_none() {
            self.all[index].describe_initiative(sheet, row);
        }
    }

    fn add_statement(&mut self, row: usize, slug: Option<&str>) {
        let sheet = &self.files.statements;
        let kind = sheet.code(row, "kind").unwrap_or_default();
        let Ok(kind) = kind.parse::<StatementKind>() else {
            let message = format!("`{kind}` is not a kind of statement, such as STANCE");
            return self.errors.push(sheet.error_in(row, "kind", message));
        };
        // A statement about a country belongs to no initiative: any document can have it.
        let index = match slug {
            Some(slug) => self.by_slug.get(slug).copied(),
            None => (!self.all.is_empty()).then_some(0),
        };
        let Some(index) = index else {
            let message =
                "is empty in all rows; a file has at least one statement of an initiative";
            return self.errors.push(sheet.error_in(row, "initiative", message));
        };
        let (subject, state) = self.subject(row, kind, slug);
        let key = key_of_statement(sheet, row);
        let body = body::read(sheet, row, kind, &mut self.errors);
        let evidence = self.evidence(row);
        let text = |column: &str| sheet.cell(row, column).map(Value::from).unwrap_or_default();
        let contradicts = sheet
            .code(row, "contradicts")
            .map(list_of)
            .unwrap_or_default();
        let mut statement = json!({
            "key": key,
            "subject": subject,
            "claimant": { "kind": sheet.code(row, "claimant_kind").unwrap_or_default(), "label": text("claimant").as_str().unwrap_or_default() },
            "validFrom": sheet.code(row, "valid_from").unwrap_or_default(),
            "summary": text("summary").as_str().unwrap_or_default(),
            "body": body,
            "evidence": evidence,
            "contradicts": contradicts,
            "corrects": sheet.code(row, "corrects"),
            "note": text("note"),
        });
        if sheet.code(row, "corrects").is_some() {
            statement["reason"] = text("correction_reason");
            statement["settlesDisputes"] = (!self.keeps_disputes(row)).into();
        } else if sheet.cell(row, "correction_reason").is_some() {
            let message = "is for a statement with `corrects`";
            self.errors
                .push(sheet.error_in(row, "correction_reason", message));
        }
        let draft = &mut self.all[index];
        let requesting_state = draft.initiative["requestingState"].as_str();
        if let Some(state) = state.filter(|state| requesting_state.is_some_and(|own| own != *state))
        {
            let message = format!("`{state}` is not the requesting state of the initiative");
            self.errors
                .push(sheet.error_in(row, "requesting_state", message));
        }
        draft.locations.statements.push(sheet.number(row));
        draft.statements.push(statement);
        if let Some(reason) = sheet.cell(row, "retraction_reason") {
            let at = sheet
                .code(row, "retracted_at")
                .unwrap_or_default()
                .to_owned();
            let retraction = json!({ "statement": key, "reason": reason });
            draft.retractions.push((at, sheet.number(row), retraction));
        }
    }

    /// The subject of a row, and the requesting state that the row names for it.
    fn subject(
        &mut self,
        row: usize,
        kind: StatementKind,
        slug: Option<&str>,
    ) -> (Value, Option<&'f str>) {
        let sheet = &self.files.statements;
        let country = sheet.code(row, "country");
        let state = sheet.code(row, "requesting_state");
        let named = sheet.code(row, "subject").map(str::to_ascii_lowercase);
        let implied = match (kind.required_subject(), country, slug) {
            (RequiredSubject::Initiative, _, _) | (_, None, Some(_)) => "initiative",
            (_, Some(_), None) => "country",
            _ => "relationship",
        };
        let subject = match named.as_deref().unwrap_or(implied) {
            "relationship" => json!({ "relationship": country.unwrap_or_default() }),
            "country" => json!({ "country": country.unwrap_or_default() }),
            "initiative" => json!({ "initiative": slug.unwrap_or_default() }),
            other => {
                let message = format!("`{other}` is neither Relationship, Country nor Initiative");
                self.errors.push(sheet.error_in(row, "subject", message));
                Value::Null
            }
        };
        let state = state.filter(|_| subject.get("country").is_none());
        (subject, state)
    }

    fn keeps_disputes(&mut self, row: usize) -> bool {
        let sheet = &self.files.statements;
        let Some(text) = sheet.code(row, "keeps_disputes") else {
            return true;
        };
        body::truth_of(text).unwrap_or_else(|| {
            let message = format!("`{text}` is neither true nor false");
            self.errors
                .push(sheet.error_in(row, "keeps_disputes", message));
            true
        })
    }

    fn evidence(&mut self, row: usize) -> Vec<Value> {
        let sheet = &self.files.statements;
        let sources = sheet
            .code(row, "evidence_sources")
            .map(list_of)
            .unwrap_or_default();
        let mut list = |column: &str, values: Option<Vec<String>>| {
            let values = values.unwrap_or_else(|| vec![String::new(); sources.len()]);
            if values.len() != sources.len() {
                let message = format!(
                    "has {} values, and `evidence_sources` has {}; separate them by ` | `",
                    values.len(),
                    sources.len()
                );
                self.errors.push(sheet.error_in(row, column, message));
            }
            values
        };
        let relations = list(
            "evidence_relations",
            sheet.code(row, "evidence_relations").map(list_of),
        );
        let texts = |column: &str| sheet.cell(row, column).map(split_texts);
        let quotes = list("evidence_quotes", texts("evidence_quotes"));
        let locators = list("evidence_locators", texts("evidence_locators"));
        let published = "evidence_published_on";
        let published = list(published, sheet.code(row, published).map(list_of));
        let text = |list: &[String], index: usize| {
            let text = list.get(index).filter(|text| !text.is_empty());
            text.cloned().map(Value::from).unwrap_or_default()
        };
        let all = sources.iter().enumerate().map(|(index, source)| {
            json!({
                "source": source,
                "relation": relations.get(index).cloned().unwrap_or_default(),
                "quote": text(&quotes, index),
                "locator": text(&locators, index),
                "publishedOn": text(&published, index),
            })
        });
        all.collect()
    }

    /// Adds the sources that each document cites, with the originals that they derive from.
    fn add_sources(&mut self) {
        let sheet = &self.files.sources;
        let mut by_key: HashMap<&str, usize> = HashMap::new();
        for row in sheet.rows() {
            let message = match sheet.code(row, "seq") {
                None => {
                    "is empty; give a new source a name of your own, such as `new-1`".to_owned()
                }
                Some(key) => match by_key.insert(key, row) {
                    None => continue,
                    Some(other) => format!("is that of row {}, too", sheet.number(other)),
                },
            };
            self.errors.push(sheet.error_in(row, "seq", message));
        }
        for draft in &mut self.all {
            draft.add_sources(sheet, &by_key);
        }
    }
}

/// The cell `seq`; for an empty one, a key that the content of the row determines.
fn key_of_statement(sheet: &Sheet, row: usize) -> String {
    if let Some(key) = sheet.code(row, "seq") {
        return key.to_owned();
    }
    let mut hash = Sha256::new();
    for column in [
        "kind",
        "initiative",
        "country",
        "claimant_kind",
        "claimant",
        "valid_from",
        "summary",
        "stance",
    ] {
        hash.update(sheet.cell(row, column).unwrap_or_default());
        hash.update([0]);
    }
    format!("row-{}", &HEXLOWER.encode(&hash.finalize())[..16])
}

/// The values of a list of codes or numbers.
fn list_of(cell: &str) -> Vec<String> {
    cell.split('|')
        .map(|value| value.trim().to_owned())
        .collect()
}
