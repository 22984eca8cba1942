//! CSV files as documents: `statements.csv` and `sources.csv`, as the server exports them and a spreadsheet saves them; and
//! `relationships.csv` for reviews and editions.
//!
//! A row becomes an item of a document of format 2, one document for each initiative, in the order of the rows. Its key is the cell
//! `seq`. So the rules and the errors are those of documents; [`Locations`] tells the row and column of each error.

mod body;
mod draft;
mod locations;
mod recorded;
mod reviews;
mod rows;
mod sheet;

use std::collections::BTreeMap;

use entity::initiative;

pub use locations::{CsvError, Locations};
pub use recorded::find_recorded;
use rows::Drafts;
use sheet::Sheet;

use super::document::{self, Document};

/// A document made from rows.
#[derive(Debug)]
pub struct CsvDocument {
    pub document: Document,
    pub locations: Locations,
}

/// The name and text of a file.
pub type NamedText = (String, String);

/// Columns that files must have.
const STATEMENT_COLUMNS: [&str; 8] = [
    "kind",
    "initiative",
    "country",
    "claimant_kind",
    "claimant",
    "valid_from",
    "summary",
    "evidence_sources",
];
const SOURCE_COLUMNS: [&str; 5] = ["seq", "kind", "publisher", "title", "url"];
const RELATIONSHIP_COLUMNS: [&str; 3] = ["initiative", "requested_state", "reviewed_on"];

/// The files, in any order.
struct Files {
    statements: Sheet,
    sources: Sheet,
    relationships: Option<Sheet>,
}

/// Reads the files. `initiatives` are those of the ledger by slug: the files may leave out what they are.
/// # Errors
/// Every error, in the order of the rows as far as they can be read.
pub fn read(
    files: &[NamedText],
    initiatives: &BTreeMap<String, initiative::Model>,
) -> Result<Vec<CsvDocument>, Vec<CsvError>> {
    let files = Files::open(files)?;
    let drafts = Drafts::read(&files, initiatives)?;
    let mut documents = Vec::new();
    let mut errors = Vec::new();
    for (value, locations) in drafts.into_documents() {
        match document::parse_in_any_order(&value) {
            Ok(document) => documents.push(CsvDocument {
                document,
                locations,
            }),
            Err(all) => errors.extend(all.iter().map(|error| locations.locate(error))),
        }
    }
    if errors.is_empty() {
        Ok(documents)
    } else {
        Err(errors)
    }
}

impl Files {
    fn open(files: &[NamedText]) -> Result<Self, Vec<CsvError>> {
        let (mut statements, mut sources, mut relationships) = (None, None, None);
        let mut errors = Vec::new();
        for (name, text) in files {
            let sheet = match Sheet::parse(name, text) {
                Ok(sheet) => sheet,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            let (place, columns): (_, &[&str]) = if sheet.has("claimant_kind") {
                (&mut statements, &STATEMENT_COLUMNS)
            } else if sheet.has("publisher") {
                (&mut sources, &SOURCE_COLUMNS)
            } else if sheet.has("reviewed_on") {
                (&mut relationships, &RELATIONSHIP_COLUMNS)
            } else {
                let message = "has neither the columns of `statements.csv` nor those of `sources.csv` or `relationships.csv`; keep the row of their names";
                errors.push(sheet.error(message));
                continue;
            };
            for column in columns.iter().filter(|column| !sheet.has(column)) {
                errors.push(sheet.error(format!("has no column `{column}`")));
            }
            if place.is_some() {
                errors.push(sheet.error("is a second file with the same columns"));
            }
            *place = Some(sheet);
        }
        match (statements, sources) {
            (Some(statements), Some(sources)) if errors.is_empty() => Ok(Self {
                statements,
                sources,
                relationships,
            }),
            (statements, sources) => {
                let name = files.first().map_or("", |(name, _)| name);
                let missing = [
                    (statements.is_none(), "statements.csv"),
                    (sources.is_none(), "sources.csv"),
                ];
                let missing = missing.iter().filter(|(is_missing, _)| *is_missing);
                if errors.is_empty() {
                    errors.extend(missing.map(|(_, other)| {
                        CsvError::of_file(name, format!("needs `{other}` beside it"))
                    }));
                }
                Err(errors)
            }
        }
    }
}
