//! The items of a document, in the order in which they are recorded, and what they are called.

use super::document::{self, Document};
use crate::error::Error;
use crate::model::statement::StatementKind;

pub(super) enum Item<'d> {
    Initiative(&'d document::Initiative),
    Source(&'d document::Source),
    Statement(usize, &'d document::Statement),
}

pub(super) fn list(document: &Document) -> impl Iterator<Item = Item<'_>> {
    let statements = document
        .statements
        .iter()
        .enumerate()
        .map(|(at, statement)| Item::Statement(at, statement));
    [Item::Initiative(&document.initiative)]
        .into_iter()
        .chain(document.sources.iter().map(Item::Source))
        .chain(statements)
}

impl Item<'_> {
    /// What the item is called within its document.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Initiative(_) => "initiative".to_owned(),
            Self::Source(source) => format!("source/{}", source.key),
            Self::Statement(_, statement) => format!("statement/{}", statement.key),
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Initiative(_) => "initiative".to_owned(),
            Self::Source(source) => format!("source {}", source.key),
            Self::Statement(at, statement) => format!("statements[{at}] ({})", statement.key),
        }
    }

    pub(super) fn kind(&self) -> String {
        match self {
            Self::Initiative(_) => "initiative".to_owned(),
            Self::Source(_) => "source".to_owned(),
            Self::Statement(_, statement) => {
                let kind: StatementKind = statement.body.kind();
                format!("{} statement", kind.as_ref().to_lowercase())
            }
        }
    }
}

/// Says which item of the document is at fault, in place of the input of a mutation.
pub(super) fn locate(error: Error, item: &Item<'_>) -> Error {
    let place = |field: String| {
        format!(
            "{}{}",
            item.path(),
            field.strip_prefix("input").unwrap_or_default()
        )
    };
    match error {
        Error::BadUserInput { field, message } => Error::bad_input(place(field), message),
        Error::Conflict { field, message } => Error::conflict(place(field), message),
        Error::NotFound { what, id, field } => {
            Error::unknown(place(field.unwrap_or_default()), what, id)
        }
        other => other,
    }
}
