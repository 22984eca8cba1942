//! Subjects of events: what an entry is about, from columns that never change, so that every server and every replay finds the
//! same.

use std::collections::HashMap;

use entity::{relationship, statement};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QuerySelect,
};

use super::Event;
use super::entry_rows::EntryRows;
use super::references::{References, references_of};
use crate::database::value_set::ValueSet;
use crate::error::{Result, parse_stored};
use crate::model::source::EntryKind;
use crate::model::statement::ClaimantKind;
use crate::read_model::HistoryKey;

/// What an entry is about; nothing, if it is about a country or registers a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventSubject {
    /// Absent for a review, whose states say the same.
    pub relationship: Option<i64>,
    /// That of the relationship, or the one itself.
    pub initiative: Option<i64>,
    pub requested_state: Option<String>,
    /// The country that its statement is about itself.
    pub country: Option<String>,
    /// The category of the claimant of the statement that it records or changes.
    pub claimant: Option<ClaimantKind>,
}

#[derive(FromQueryResult)]
struct SubjectRow {
    id: i64,
    relationship: Option<i64>,
    initiative: Option<i64>,
    requested_state: Option<String>,
    country: Option<String>,
    claimant: String,
}

impl EventSubject {
    /// The history with its statement; `None` if it changes none.
    pub(super) fn history(&self) -> Option<HistoryKey> {
        self.claimant?;
        let relationship = self.relationship.map(HistoryKey::Relationship);
        relationship
            .or_else(|| self.country.clone().map(HistoryKey::Country))
            .or_else(|| self.initiative.map(HistoryKey::Initiative))
    }
}

/// Adds the subjects of events. At most one SQL statement.
/// # Errors
/// `Error::Internal` if the database cannot answer.
pub(super) async fn add_subjects(db: &DatabaseConnection, events: &mut [Event]) -> Result<()> {
    let references = references_of(events);
    let known = references.iter().flatten();
    let statements = known.filter_map(|one| one.changed);
    let subjects = load_subjects(db, statements.collect()).await?;
    set_subjects(events, &references, |statement| {
        subjects.get(&statement).cloned()
    });
    Ok(())
}

/// Sets the subjects of events whose rows are known.
/// # Errors
/// `Error::Internal` for a category of a claimant that is not known.
pub(super) fn set_known_subjects(
    events: &mut [Event],
    references: &[Option<References>],
    rows: &EntryRows,
) -> Result<()> {
    let mut subjects = HashMap::new();
    for row in rows.statements.values() {
        let relationship = row.relationship_id;
        let relationship = relationship.and_then(|id| rows.relationships.get(&id));
        let of_relationship = relationship.map(|row| row.initiative_id);
        let subject = EventSubject {
            relationship: row.relationship_id,
            initiative: row.initiative_id.or(of_relationship),
            requested_state: relationship.map(|row| row.requested_state.clone()),
            country: row.country_code.clone(),
            claimant: Some(parse_stored(&row.claimant_kind)?),
        };
        subjects.insert(row.id, subject);
    }
    set_subjects(events, references, |statement| {
        subjects.get(&statement).cloned()
    });
    Ok(())
}

/// `find` gives the subject of a statement.
fn set_subjects(
    events: &mut [Event],
    references: &[Option<References>],
    find: impl Fn(i64) -> Option<EventSubject>,
) {
    let opened = EntryKind::InitiativeOpened.as_ref();
    for (event, references) in events.iter_mut().zip(references) {
        let references = references.as_ref();
        let statement = references.and_then(|one| one.changed);
        event.subject = statement.and_then(&find).unwrap_or_else(|| EventSubject {
            initiative: references.and_then(|one| one.initiative),
            requested_state: references.and_then(|one| one.requested_state.clone()),
            ..EventSubject::default()
        });
        if event.entry.kind == opened {
            event.subject.initiative = Some(event.entry.seq);
        }
    }
}

pub(super) async fn load_subjects(
    db: &DatabaseConnection,
    statements: Vec<i64>,
) -> Result<HashMap<i64, EventSubject>> {
    if statements.is_empty() {
        return Ok(HashMap::new());
    }
    let own = statement::Column::InitiativeId.into_expr();
    let of_relationship = Expr::col((relationship::Entity, relationship::Column::InitiativeId));
    let relation = statement::Entity::belongs_to(relationship::Entity)
        .from(statement::Column::RelationshipId)
        .to(relationship::Column::Id);
    let ids = ValueSet::of_numbers(statements);
    let rows = statement::Entity::find()
        .select_only()
        .column(statement::Column::Id)
        .column_as(statement::Column::CountryCode, "country")
        .column_as(statement::Column::ClaimantKind, "claimant")
        .column_as(statement::Column::RelationshipId, "relationship")
        .expr_as(Func::coalesce([own, of_relationship]), "initiative")
        .column_as(relationship::Column::RequestedState, "requested_state")
        .join(JoinType::LeftJoin, relation.into())
        .filter(ids.contains(statement::Column::Id.into_expr()))
        .into_model::<SubjectRow>()
        .all(db)
        .await?;
    let subjects = rows.into_iter().map(|row| {
        let subject = EventSubject {
            relationship: row.relationship,
            initiative: row.initiative,
            requested_state: row.requested_state,
            country: row.country,
            claimant: Some(parse_stored(&row.claimant)?),
        };
        Ok((row.id, subject))
    });
    subjects.collect()
}
