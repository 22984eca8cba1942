//! Items of an import document, in the order in which they are recorded, with their keys, paths and kinds.

use super::document::order::{Step, recording_order};
use super::document::{self, Document, Subject};
use crate::error::Error;
use crate::model::statement::StatementKind;

pub(super) enum Item<'d> {
    Initiative(&'d document::Initiative),
    Source(&'d document::Source),
    Statement(usize, &'d document::Statement),
    AddedEvidence(usize, &'d document::AddedEvidence),
    Retraction(usize, &'d document::Retraction),
    SourceCorrection(usize, &'d document::SourceCorrection),
    Review(usize, &'d document::Review),
    Edition(&'d str),
}

/// The items that are to be recorded.
pub(super) fn list_items(document: &Document) -> impl Iterator<Item = Item<'_>> {
    list_all(document).filter(|item| !document.recorded.contains_key(&item.key()))
}

/// The items that the ledger has already, as the document says.
pub(super) fn list_recorded(document: &Document) -> impl Iterator<Item = Item<'_>> {
    list_all(document).filter(|item| document.recorded.contains_key(&item.key()))
}

fn list_all(document: &Document) -> impl Iterator<Item = Item<'_>> {
    let (first, rest) = recording_order(&document.statements, &document.retractions);
    let item = |step| match step {
        Step::Statement(index) => Item::Statement(index, &document.statements[index]),
        Step::Retraction(index) => Item::Retraction(index, &document.retractions[index]),
    };
    let additions = document.added_evidence.iter().enumerate();
    let corrections = document.source_corrections.iter().enumerate();
    let reviews = document.reviews.iter().enumerate();
    [Item::Initiative(&document.initiative)]
        .into_iter()
        .chain(document.sources.iter().map(Item::Source))
        .chain(first.into_iter().map(item))
        .chain(additions.map(|(index, one)| Item::AddedEvidence(index, one)))
        .chain(rest.into_iter().map(item))
        .chain(corrections.map(|(index, one)| Item::SourceCorrection(index, one)))
        .chain(reviews.map(|(index, one)| Item::Review(index, one)))
        .chain(document.edition.as_deref().map(Item::Edition))
}

/// The item key of the initiative.
pub const INITIATIVE_KEY: &str = "initiative";

/// The item key of a source.
pub fn source_key(key: impl AsRef<str>) -> String {
    format!("source/{}", key.as_ref())
}

/// The item key of a statement.
pub fn statement_key(key: impl AsRef<str>) -> String {
    format!("statement/{}", key.as_ref())
}

/// The item key of a correction of a source.
pub(super) fn source_correction_key(key: impl AsRef<str>) -> String {
    format!("source-correction/{}", key.as_ref())
}

impl Item<'_> {
    /// The key of the item, unique within its document.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Initiative(_) => INITIATIVE_KEY.to_owned(),
            Self::Source(source) => source_key(&source.key),
            Self::Statement(_, statement) => statement_key(&statement.key),
            Self::AddedEvidence(_, addition) => format!("evidence/{}", addition.key),
            Self::Retraction(_, retraction) => format!("retraction/{}", retraction.statement),
            Self::SourceCorrection(_, correction) => source_correction_key(&correction.key),
            Self::Review(_, review) => match &review.subject {
                Subject::Relationship(code) | Subject::Country(code) => {
                    format!("review/{code}/{}", review.reviewed_on)
                }
                Subject::Initiative(_) => format!("review/{}", review.reviewed_on),
            },
            Self::Edition(edition) => format!("edition/{edition}"),
        }
    }

    /// The keys of the items that it references.
    pub(super) fn references(&self) -> Vec<String> {
        match self {
            Self::Initiative(_) => Vec::new(),
            Self::Source(source) => source.derived_from.iter().map(source_key).collect(),
            Self::Statement(_, statement) => {
                let sources = statement
                    .evidence
                    .iter()
                    .map(|item| source_key(&item.source));
                let others = statement.contradicts.iter().chain(&statement.corrects);
                let others = others.map(statement_key);
                sources
                    .chain(others)
                    .chain([INITIATIVE_KEY.to_owned()])
                    .collect()
            }
            Self::AddedEvidence(_, addition) => {
                let sources = addition.evidence.iter();
                let sources = sources.map(|item| source_key(&item.source));
                sources
                    .chain([statement_key(&addition.statement)])
                    .collect()
            }
            Self::Retraction(_, retraction) => vec![statement_key(&retraction.statement)],
            Self::SourceCorrection(_, correction) => {
                let original = correction.data.derived_from.iter();
                original
                    .chain([&correction.source])
                    .map(source_key)
                    .collect()
            }
            Self::Review(..) | Self::Edition(_) => vec![INITIATIVE_KEY.to_owned()],
        }
    }

    pub(super) fn path(&self) -> String {
        match self {
            Self::Initiative(_) => "initiative".to_owned(),
            Self::Source(source) => format!("source {}", source.key),
            Self::Statement(index, statement) => format!("statements[{index}] ({})", statement.key),
            Self::AddedEvidence(index, one) => format!("addedEvidence[{index}] ({})", one.key),
            Self::Retraction(index, _) => format!("retractions[{index}]"),
            Self::SourceCorrection(index, one) => {
                format!("sourceCorrections[{index}] ({})", one.key)
            }
            Self::Review(index, _) => format!("reviews[{index}]"),
            Self::Edition(_) => "edition".to_owned(),
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
            Self::AddedEvidence(..) => "added evidence".to_owned(),
            Self::Retraction(..) => "retraction".to_owned(),
            Self::SourceCorrection(..) => "source correction".to_owned(),
            Self::Review(..) => "review".to_owned(),
            Self::Edition(_) => "edition".to_owned(),
        }
    }
}

const RECORDED_BEFORE: &str = "was recorded before with different content, which an edition cannot change; correct it by a new statement, and give a correction of format 1 `\"settlesDisputes\": true` in format 2";

/// Replaces the `input` of a mutation in the path of an error by the item's path in the document.
pub(super) fn with_item_path(error: Error, item: &Item<'_>) -> Error {
    let with_path = |field: String| {
        format!(
            "{}{}",
            item.path(),
            field.strip_prefix("input").unwrap_or_default()
        )
    };
    match error {
        // Documents have no such field: its key is made of the item's own.
        Error::Conflict { field, .. } if field == "input.idempotencyKey" => {
            Error::conflict(item.path(), RECORDED_BEFORE)
        }
        Error::InputErrors(errors) => Error::InputErrors(
            errors
                .into_iter()
                .map(|error| with_item_path(error, item))
                .collect(),
        ),
        other => other.map_field(with_path),
    }
}
