//! Adds a statement to an import document: the rest of the text stays as it is.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;

use serde::Serialize;
use serde_json::value::RawValue;

use super::correction::Corrected;
use super::draft::{Draft, Item};
use super::input_errors;
use crate::error::{Error, Result};
use crate::ledger::import::document::{
    self, Document, DocumentError, Initiative, Source, Statement,
};

#[derive(Serialize)]
struct NewDocument<'a> {
    format: u8,
    initiative: Initiative,
    sources: &'a [Source],
    statements: [Item<'a>; 1],
}

/// The text of a document with the statement of a draft at its place by publication, and with the sources that it lacks; without a
/// text, a new document. `corrects` is the key of the statement that it corrects, which the document must have.
/// # Errors
/// `Error::BadUserInput` if the document has errors, is about another initiative, or lacks what the statement corrects.
pub(super) fn add(text: Option<&str>, draft: &Draft, corrects: Option<String>) -> Result<String> {
    let Some(text) = text else {
        if let Some(corrected) = &draft.corrected {
            return Err(not_in_it(corrected));
        }
        let document = NewDocument {
            format: 2,
            initiative: draft.initiative(),
            sources: &draft.sources,
            statements: [draft.item(&draft.statement)],
        };
        let text = serde_json::to_string_pretty(&document).map_err(Error::internal)?;
        return Ok(text + "\n");
    };
    let document = document::parse(text).map_err(input_errors)?;
    let slug = &document.initiative.slug;
    if *slug != draft.initiative.slug {
        let message = format!("the document is about the initiative `{slug}`");
        return Err(Error::bad_input("output", message));
    }
    if let (Some(corrected), Some(key)) = (&draft.corrected, &corrects)
        && document.statements.iter().all(|one| one.key != *key)
    {
        return Err(not_in_it(corrected));
    }
    let (text, mut statement) = add_sources(text, &document, draft)?;
    statement.corrects = corrects;
    let mut first_errors: Option<Vec<DocumentError>> = None;
    // The last place at which it stands in the order of publication.
    for index in (0..=document.statements.len()).rev() {
        let text = insert(&text, "statements", index, &draft.item(&statement))?;
        match document::parse(&text) {
            Ok(_) => return Ok(text),
            Err(errors) => first_errors.get_or_insert(errors),
        };
    }
    Err(input_errors(first_errors.unwrap_or_default()))
}

/// The document lacks what the statement corrects.
pub(super) fn not_in_it(corrected: &Corrected) -> Error {
    let message = format!(
        "the document has no statement that was recorded as number {}; record the correction without --output",
        corrected.row.id
    );
    Error::bad_input("output", message)
}

/// The text with new sources, and the statement with the keys that the document has for others.
fn add_sources(text: &str, document: &Document, draft: &Draft) -> Result<(String, Statement)> {
    let mut text = text.to_owned();
    let mut statement = draft.statement.clone();
    let mut end = document.sources.len();
    for source in &draft.sources {
        let same = document.sources.iter().find(|one| one.url == source.url);
        if let Some(same) = same {
            for evidence in statement
                .evidence
                .iter_mut()
                .filter(|one| one.source == source.key)
            {
                evidence.source.clone_from(&same.key);
            }
        } else {
            text = insert(&text, "sources", end, source)?;
            end += 1;
        }
    }
    Ok((text, statement))
}

/// Inserts an item before another one of a list, or at its end.
fn insert(text: &str, list: &str, index: usize, item: &impl Serialize) -> Result<String> {
    let item = serde_json::to_string_pretty(item).map_err(Error::internal)?;
    let item = item.replace('\n', "\n    ");
    let fields: HashMap<&str, &RawValue> = serde_json::from_str(text).map_err(Error::internal)?;
    let array = fields.get(list).map_or("[]", |array| array.get());
    let items: Vec<&RawValue> = serde_json::from_str(array).map_err(Error::internal)?;
    let offset = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    let (at, inserted) = match (items.get(index), items.last()) {
        (Some(next), _) => (offset(next.get()), format!("{item},\n    ")),
        (None, Some(end)) => (
            offset(end.get()) + end.get().len(),
            format!(",\n    {item}"),
        ),
        (None, None) => (offset(array) + 1, format!("\n    {item}\n  ")),
    };
    Ok(format!("{}{inserted}{}", &text[..at], &text[at..]))
}

/// Replaces a file by a text at once.
pub(super) fn write(file: &Path, text: &str) -> Result<()> {
    let mut name = OsString::from(file.file_name().unwrap_or_default());
    name.push(".partial");
    let partial = file.with_file_name(name);
    let written = std::fs::write(&partial, text).and_then(|()| {
        if let Ok(metadata) = std::fs::metadata(file) {
            std::fs::set_permissions(&partial, metadata.permissions())?;
        }
        std::fs::File::open(&partial)?.sync_all()?;
        std::fs::rename(&partial, file)
    });
    written.map_err(|error| {
        // The first error is the one to report.
        drop(std::fs::remove_file(&partial));
        Error::bad_input(
            "output",
            format!("cannot write {}: {error}", file.display()),
        )
    })
}
