//! Subjects of events: what an entry is about, from columns that never change, so that every server and every replay finds the
//! same; and what it changed in a dispute and in other statements.

use std::collections::{BTreeMap, HashMap};

use entity::{relationship, statement};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QuerySelect,
};

use super::entry_rows::EntryRows;
use super::references::{References, references_of};
use super::{Event, fact_pages};
use crate::database::value_set::ValueSet;
use crate::error::{Result, parse_stored};
use crate::ledger::payload::{Payload, Statement};
use crate::ledger::source_revisions;
use crate::model::position::chain::{Revision, RevisionKind};
use crate::model::position::history::History;
use crate::model::source::EntryKind;
use crate::model::statement::ClaimantKind;
use crate::model::time::Timestamp;
use crate::read_model::{HistoryKey, ReadModel};

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
    fn history(&self) -> Option<HistoryKey> {
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

async fn load_subjects(
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

/// Adds what events changed in disputes and in other statements. The read model has their facts, or is still loading older
/// ones: then those of the subjects are loaded first.
/// # Errors
/// `Error::Internal` if the database cannot answer.
pub(super) async fn add_effects_on_statements(
    db: &DatabaseConnection,
    read_model: &ReadModel,
    events: &mut [Event],
) -> Result<()> {
    let of_sources = load_source_revisions(db, events).await?;
    let of_statements = events.iter().filter_map(|event| event.subject.history());
    let keys = of_sources.values().flatten().map(|(_, key)| key.clone());
    let keys: Vec<HistoryKey> = of_statements.chain(keys).collect();
    let incomplete = read_model.list_incomplete(&keys);
    if !incomplete.is_empty() {
        let facts = fact_pages::load_subjects(db, &incomplete).await?;
        read_model.complete_subjects(&incomplete, facts)?;
    }
    for event in events {
        if let Some(statements) = of_sources.get(&event.entry.seq) {
            event.revisions = source_revisions_of(statements, read_model);
        }
        let Some(key) = event.subject.history() else {
            continue;
        };
        let history = read_model.history(&key).unwrap_or_default();
        if event.subject.relationship.is_some() {
            let at = Timestamp(event.entry.recorded_at);
            event.dispute = history.dispute_change(at).map(Box::new);
        }
        event.revisions = revisions(event, &history);
    }
    Ok(())
}

/// The statements that corrections of sources concern, with the keys of their histories, by the corrections. Two SQL statements, or
/// none if there are no corrections.
async fn load_source_revisions(
    db: &DatabaseConnection,
    events: &[Event],
) -> Result<HashMap<i64, Vec<(i64, HistoryKey)>>> {
    let corrected = EntryKind::SourceCorrected.as_ref();
    let entries = events.iter().map(|event| &event.entry);
    let corrections = entries.filter(|entry| entry.kind == corrected);
    let corrections: Vec<i64> = corrections.map(|entry| entry.seq).collect();
    if corrections.is_empty() {
        return Ok(HashMap::new());
    }
    let seqs = ValueSet::of_numbers(corrections);
    let all = |_| Expr::val(true);
    let revisions = source_revisions::list(db, |seq| seqs.contains(seq), all).await?;
    let statements = revisions.iter().map(|one| one.statement).collect();
    let subjects = load_subjects(db, statements).await?;
    let mut statements: HashMap<i64, Vec<(i64, HistoryKey)>> = HashMap::new();
    for revision in revisions {
        let subject = subjects.get(&revision.statement);
        if let Some(key) = subject.and_then(EventSubject::history) {
            let of_entry = statements.entry(revision.seq).or_default();
            of_entry.push((revision.statement, key));
        }
    }
    Ok(statements)
}

fn source_revisions_of(
    statements: &[(i64, HistoryKey)],
    read_model: &ReadModel,
) -> Box<[Revision]> {
    let statements: BTreeMap<i64, &HistoryKey> =
        statements.iter().map(|(id, key)| (*id, key)).collect();
    let revisions = statements.into_iter().map(|(statement, key)| {
        let history = read_model.history(key);
        Revision {
            statement,
            kind: RevisionKind::SourceCorrected,
            by: None,
            chain: history.map_or(statement, |history| history.chain_of(statement)),
        }
    });
    revisions.collect()
}

/// What an entry did to other statements, or to an earlier one.
fn revisions(event: &Event, history: &History) -> Box<[Revision]> {
    let seq = event.entry.seq;
    let revision = |statement: i64, kind, by| Revision {
        statement,
        kind,
        by,
        chain: history.chain_of(statement),
    };
    let contradicted = |statement: Statement| {
        let denied = statement.contradicts.into_iter();
        denied.map(|id| revision(id, RevisionKind::Contradicted, Some(seq)))
    };
    let kind = event.entry.kind.parse().ok();
    let payload = kind.and_then(|kind| Payload::parse(kind, &event.entry.payload).ok());
    let mut revisions: Vec<Revision> = match payload {
        Some(Payload::StatementRecorded(statement)) => contradicted(statement).collect(),
        Some(Payload::StatementCorrected(correction)) => {
            let corrected = revision(correction.corrects, RevisionKind::Corrected, Some(seq));
            let others = contradicted(correction.statement);
            [corrected].into_iter().chain(others).collect()
        }
        Some(Payload::StatementRetracted(retraction)) => {
            let id = retraction.statement;
            let retracted = revision(id, RevisionKind::Retracted, None);
            let corrected = history.find(id).and_then(|fact| history.corrected_by(fact));
            let reinstated = corrected.map(|one| revision(one, RevisionKind::Reinstated, Some(id)));
            [retracted].into_iter().chain(reinstated).collect()
        }
        Some(Payload::EvidenceAdded(addition)) => {
            vec![revision(
                addition.statement,
                RevisionKind::EvidenceAdded,
                None,
            )]
        }
        Some(
            Payload::InitiativeOpened(_)
            | Payload::SourceRegistered(_)
            | Payload::ReviewRecorded(_)
            | Payload::EditionImported(_)
            | Payload::SourceCorrected(_),
        )
        | None => Vec::new(),
    };
    revisions.sort_unstable();
    revisions.into_boxed_slice()
}
