//! Reviews and editions: the rows of `relationships.csv`, and which of them the ledger has.

use std::collections::HashMap;

use entity::{edition, initiative, relationship, review};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::rows::Drafts;
use super::{CsvDocument, CsvError};
use crate::error::Result;
use crate::ledger::import::document::{Document, DocumentError, Review, Subject};
use crate::ledger::import::item::Item;

const NOTE: &str = "review_note";
const EDITION: &str = "initiative_edition";

impl Drafts<'_> {
    /// Adds the reviews and editions of the rows; a row without either is about nothing.
    pub(super) fn add_reviews(&mut self) {
        let Some(sheet) = &self.files.relationships else {
            return;
        };
        for row in sheet.rows() {
            let (day, edition) = (sheet.code(row, "reviewed_on"), sheet.cell(row, EDITION));
            if day.is_none() && sheet.cell(row, NOTE).is_some() {
                let message = "is for a row with `reviewed_on`";
                self.errors.push(sheet.error_in(row, NOTE, message));
            }
            if day.is_none() && edition.is_none() {
                continue;
            }
            let slug = sheet.code(row, "initiative").unwrap_or_default();
            let Some(index) = self.by_slug.get(slug) else {
                let message = format!("`{slug}` is the initiative of no statement");
                self.errors.push(sheet.error_in(row, "initiative", message));
                continue;
            };
            let draft = &mut self.all[*index];
            if let Some(day) = day {
                draft.locations.reviews.push(sheet.number(row));
                draft.reviews.push(json!({
                    "subject": { "relationship": sheet.code(row, "requested_state").unwrap_or_default() },
                    "reviewedOn": day,
                    "note": sheet.cell(row, NOTE).map(Value::from).unwrap_or_default(),
                }));
            }
            let Some(edition) = edition else { continue };
            match &draft.edition {
                Some(other) if other != edition => {
                    let first = draft.locations.edition;
                    let message = format!("is not `{other}`, which row {first} has");
                    self.errors.push(sheet.error_in(row, EDITION, message));
                }
                Some(_) => {}
                None => {
                    draft.locations.edition = sheet.number(row);
                    draft.edition = Some(edition.to_owned());
                }
            }
        }
    }
}

/// What the ledger has of one initiative.
pub(super) struct RecordedReviews {
    /// Of the initiative as a whole, and of its relationships.
    reviews: Vec<review::Model>,
    /// The ids of the relationships by requested state.
    relationships: HashMap<String, i64>,
    /// The name of the edition that was imported last.
    edition: Option<String>,
}

impl RecordedReviews {
    /// Three SQL statements, or none for a document without reviews and edition.
    pub(super) async fn load(
        db: &impl ConnectionTrait,
        document: &Document,
        initiative: &initiative::Model,
    ) -> Result<Option<Self>> {
        if document.reviews.is_empty() && document.edition.is_none() {
            return Ok(None);
        }
        let reviews = review::Entity::find()
            .filter(review::Column::InitiativeId.eq(initiative.id))
            .all(db);
        let relationships = relationship::Entity::find()
            .filter(relationship::Column::InitiativeId.eq(initiative.id))
            .all(db);
        let edition = edition::Entity::find()
            .filter(edition::Column::InitiativeId.eq(initiative.id))
            .order_by_desc(edition::Column::Id)
            .one(db);
        let relationships = relationships.await?.into_iter();
        Ok(Some(Self {
            reviews: reviews.await?,
            relationships: relationships
                .map(|row| (row.requested_state, row.id))
                .collect(),
            edition: edition.await?.map(|row| row.name),
        }))
    }

    /// Notes which reviews are recorded or older than those that are, and forgets the edition that was imported last: the rows of an
    /// export name it. Returns the rows whose day is recorded with another note.
    pub(super) fn compare(&self, one: &mut CsvDocument) -> Vec<CsvError> {
        let mut errors = Vec::new();
        let mut recorded = Vec::new();
        for (index, row) in one.document.reviews.iter().enumerate() {
            let item = Item::Review(index, row);
            let of_row: Vec<&review::Model> = self.reviews_of(row).collect();
            let Some(last) = of_row.iter().map(|review| &review.reviewed_on).max() else {
                continue;
            };
            let mut on_last = of_row.iter().filter(|review| review.reviewed_on == *last);
            let same = on_last.clone().find(|review| review.note == row.note);
            if let Some(review) = same.or_else(|| on_last.next())
                && (*last > row.reviewed_on || (*last == row.reviewed_on && same.is_some()))
            {
                recorded.push((item.key(), review.id));
            } else if *last == row.reviewed_on {
                errors.push(one.locations.locate(&DocumentError {
                    path: format!("{}.note", item.path()),
                    message: format!(
                        "the review of {last} is recorded with another note; a new review has a later day"
                    ),
                    line: None,
                }));
            }
        }
        one.document.recorded.extend(recorded);
        if one.document.edition == self.edition {
            one.document.edition = None;
        }
        errors
    }

    fn reviews_of(&self, row: &Review) -> impl Iterator<Item = &review::Model> {
        let id = match &row.subject {
            Subject::Relationship(code) => self.relationships.get(code).copied(),
            Subject::Country(_) | Subject::Initiative(_) => None,
        };
        let counts = move |review: &&review::Model| {
            review.relationship_id.is_none() || review.relationship_id == id
        };
        self.reviews.iter().filter(counts)
    }
}
