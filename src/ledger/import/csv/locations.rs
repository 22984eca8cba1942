//! Locations of items in the files, so that errors name file, row and column.

use std::collections::HashMap;
use std::fmt;

use super::{Files, body};
use crate::ledger::import::document::DocumentError;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvError {
    pub file: String,
    /// As a spreadsheet numbers it, from 1.
    pub row: Option<usize>,
    pub column: Option<String>,
    pub message: String,
}

impl CsvError {
    pub(super) fn new(
        file: &str,
        row: usize,
        column: Option<&str>,
        message: impl Into<String>,
    ) -> Self {
        // Control characters have no effect on a terminal then.
        let error = DocumentError::new("", &message.into());
        Self {
            file: file.to_owned(),
            row: Some(row),
            column: column.map(str::to_owned),
            message: error.message,
        }
    }

    pub(super) fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self {
            row: None,
            ..Self::new(file, 0, None, message)
        }
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(row) = self.row {
            write!(formatter, ": row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", column {column}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

/// The rows of the items of a document.
#[derive(Debug, Default)]
pub struct Locations {
    pub(super) statements_file: String,
    pub(super) sources_file: String,
    pub(super) relationships_file: String,
    /// Row numbers by the index of the statement.
    pub(super) statements: Vec<usize>,
    /// Of sources, by index and by key.
    pub(super) sources: Vec<usize>,
    pub(super) sources_by_key: HashMap<String, usize>,
    pub(super) retractions: Vec<usize>,
    pub(super) reviews: Vec<usize>,
    /// The first row that names the edition.
    pub(super) edition: usize,
    /// The row that says what the initiative is, or names it first.
    pub(super) initiative: usize,
}

/// Field of a statement, and its column.
const STATEMENT_COLUMNS: [(&str, &str); 16] = [
    ("key", "seq"),
    ("subject.initiative", "initiative"),
    ("subject", "country"),
    ("claimant.kind", "claimant_kind"),
    ("claimant", "claimant"),
    ("validFrom", "valid_from"),
    ("summary", "summary"),
    ("contradicts", "contradicts"),
    ("corrects", "corrects"),
    ("note", "note"),
    ("reason", "correction_reason"),
    ("settlesDisputes", "keeps_disputes"),
    ("relation", "evidence_relations"),
    ("quote", "evidence_quotes"),
    ("locator", "evidence_locators"),
    ("publishedOn", "evidence_published_on"),
];
const SOURCE_COLUMNS: [(&str, &str); 8] = [
    ("key", "seq"),
    ("kind", "kind"),
    ("publisher", "publisher"),
    ("title", "title"),
    ("url", "url"),
    ("publishedOn", "published_on"),
    ("language", "language"),
    ("derivedFrom", "derived_from"),
];
const REVIEW_COLUMNS: [(&str, &str); 3] = [
    ("subject", "requested_state"),
    ("reviewedOn", "reviewed_on"),
    ("note", "review_note"),
];
const INITIATIVE_COLUMNS: [(&str, &str); 5] = [
    ("slug", "initiative"),
    ("title", "initiative_title"),
    ("requestingState", "requesting_state"),
    ("startedOn", "initiative_started_on"),
    ("summary", "initiative_summary"),
];

impl Locations {
    pub(super) fn new(files: &Files) -> Self {
        let relationships = files.relationships.as_ref();
        Self {
            statements_file: files.statements.name.clone(),
            sources_file: files.sources.name.clone(),
            relationships_file: relationships.map_or_else(String::new, |sheet| sheet.name.clone()),
            ..Self::default()
        }
    }

    /// The error of an item, or of the first row if it is about none.
    pub fn locate(&self, error: &DocumentError) -> CsvError {
        let (file, row, column) = self.find(&error.path);
        CsvError {
            file: file.to_owned(),
            row: Some(row),
            column: column.map(str::to_owned),
            message: error.message.clone(),
        }
    }

    fn find(&self, path: &str) -> (&str, usize, Option<&'static str>) {
        let (item, field) = split_path(path);
        let of_statement = |rows: &[usize], index: &str| {
            let index: Option<usize> = index.parse().ok();
            index.and_then(|index| rows.get(index).copied())
        };
        match item {
            ("statements", index) => (
                &self.statements_file,
                of_statement(&self.statements, index).unwrap_or(1),
                statement_column(field),
            ),
            ("retractions", index) => (
                &self.statements_file,
                of_statement(&self.retractions, index).unwrap_or(1),
                Some("retraction_reason"),
            ),
            ("sources", index) => (
                &self.sources_file,
                of_statement(&self.sources, index).unwrap_or(1),
                column_of(&SOURCE_COLUMNS, field),
            ),
            ("source", key) => (
                &self.sources_file,
                self.sources_by_key.get(key).copied().unwrap_or(1),
                column_of(&SOURCE_COLUMNS, field),
            ),
            ("reviews", index) => (
                &self.relationships_file,
                of_statement(&self.reviews, index).unwrap_or(1),
                column_of(&REVIEW_COLUMNS, field),
            ),
            ("edition", _) => (
                &self.relationships_file,
                self.edition,
                Some("initiative_edition"),
            ),
            ("initiative", _) => (
                &self.statements_file,
                self.initiative,
                column_of(&INITIATIVE_COLUMNS, field),
            ),
            _ => (&self.statements_file, 1, None),
        }
    }
}

/// `statements[2] (353).evidence[0]`: list, index and field; `source 353.url`: the word, key and field.
fn split_path(path: &str) -> ((&str, &str), &str) {
    if let Some(rest) = path.strip_prefix("source ") {
        let (key, field) = rest.split_once('.').unwrap_or((rest, ""));
        return (("source", key), field);
    }
    let (item, field) = path.split_once('.').unwrap_or((path, ""));
    match item.split_once('[') {
        Some((list, rest)) => {
            let index = rest.split(']').next().unwrap_or_default();
            ((list, index), field)
        }
        None => ((item, ""), field),
    }
}

fn statement_column(field: &str) -> Option<&'static str> {
    if let Some(body) = field.strip_prefix("body.") {
        let (kind, field) = body.split_once('.').unwrap_or((body, ""));
        return body::column_of(kind, field).or(Some("kind"));
    }
    match field.strip_prefix("evidence") {
        Some(evidence) => {
            let field = evidence.split_once('.').map_or("", |(_, field)| field);
            column_of(&STATEMENT_COLUMNS, field).or(Some("evidence_sources"))
        }
        None => column_of(&STATEMENT_COLUMNS, field),
    }
}

/// The column of a field, or of the field that it is in.
fn column_of(columns: &[(&str, &'static str)], field: &str) -> Option<&'static str> {
    let is_in = |name: &str| {
        let rest = field.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let found = columns.iter().find(|(name, _)| is_in(name));
    found.map(|(_, column)| *column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_row_and_column() {
        let locations = Locations {
            statements_file: "s.csv".to_owned(),
            sources_file: "o.csv".to_owned(),
            relationships_file: "r.csv".to_owned(),
            statements: vec![2, 4],
            sources: vec![3],
            sources_by_key: HashMap::from([("12".to_owned(), 3)]),
            retractions: vec![4],
            reviews: vec![5],
            edition: 6,
            initiative: 2,
        };
        for (path, expected) in [
            (
                "statements[1] (9).validFrom",
                "s.csv: row 4, column valid_from: m",
            ),
            (
                "statements[0].evidence[3].quote",
                "s.csv: row 2, column evidence_quotes: m",
            ),
            (
                "statements[0].evidence[3].source",
                "s.csv: row 2, column evidence_sources: m",
            ),
            (
                "statements[0].subject.relationship",
                "s.csv: row 2, column country: m",
            ),
            (
                "statements[0].subject.initiative",
                "s.csv: row 2, column initiative: m",
            ),
            (
                "statements[0].claimant.label",
                "s.csv: row 2, column claimant: m",
            ),
            (
                "statements[0].body.agreement.cap.per",
                "s.csv: row 2, column cap_per: m",
            ),
            ("statements[0].body.stance", "s.csv: row 2, column kind: m"),
            (
                "statements[0].contradicts[1]",
                "s.csv: row 2, column contradicts: m",
            ),
            ("statements[1] (9)", "s.csv: row 4: m"),
            (
                "retractions[0].statement",
                "s.csv: row 4, column retraction_reason: m",
            ),
            (
                "sources[0] (12).derivedFrom",
                "o.csv: row 3, column derived_from: m",
            ),
            (
                "reviews[0].reviewedOn",
                "r.csv: row 5, column reviewed_on: m",
            ),
            ("reviews[0]", "r.csv: row 5: m"),
            ("edition", "r.csv: row 6, column initiative_edition: m"),
            ("source 12.publisher", "o.csv: row 3, column publisher: m"),
            (
                "initiative.startedOn",
                "s.csv: row 2, column initiative_started_on: m",
            ),
        ] {
            let error = DocumentError::new(path, "m");
            assert_eq!(locations.locate(&error).to_string(), expected);
        }
    }
}
