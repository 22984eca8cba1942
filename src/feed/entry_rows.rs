//! Rows that entries determine: read from the database, or handed over by the writer of this process.

use std::collections::{HashMap, HashSet};

use entity::{initiative, relationship, review, statement};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};

use super::{Event, history_loader, references::References};
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::ledger::{commit_queue::CommittedGroup, history};
use crate::model::position::Fact;
use crate::model::source::EntryKind;
use crate::read_model::HistoryKey;

/// By id, in a state that is at least as new as the entries.
pub(super) struct EntryRows {
    /// The statements that the entries record or reference.
    pub(super) statements: HashMap<i64, statement::Model>,
    /// Those of these statements and of the reviews.
    pub(super) relationships: HashMap<i64, relationship::Model>,
    pub(super) reviews: HashMap<i64, review::Model>,
    /// The initiatives that the entries open.
    pub(super) initiatives: Vec<initiative::Model>,
    /// The facts of all statements that the entries record or change.
    pub(super) facts: Vec<(HistoryKey, Fact)>,
}

impl EntryRows {
    /// At most six SQL statements for any number of events.
    pub(super) async fn load(
        db: &DatabaseConnection,
        events: &[Event],
        references: &[Option<References>],
    ) -> Result<Self> {
        let known = references.iter().flatten();
        let statements = load_statements(db, known.clone().flat_map(|one| &one.statements)).await?;
        let facts = load_changed_facts(db, &statements, known).await?;
        let statements = by_id(statements, |row| row.id);
        let reviews = load_reviews(db, &list_seqs(events, EntryKind::ReviewRecorded)).await?;
        let changed = statements.values().filter_map(|row| row.relationship_id);
        let reviewed = reviews.iter().filter_map(|row| row.relationship_id);
        let ids: HashSet<i64> = changed.chain(reviewed).collect();
        let opened = list_seqs(events, EntryKind::InitiativeOpened);
        Ok(Self {
            relationships: by_id(load_relationships(db, &ids).await?, |row| row.id),
            initiatives: load_initiatives(db, &opened).await?,
            reviews: by_id(reviews, |row| row.id),
            statements,
            facts,
        })
    }

    pub(super) fn of_group(group: CommittedGroup) -> Self {
        let statements = by_id(group.statements, |row| row.id);
        let with_key = |fact: Fact| Some((HistoryKey::of(statements.get(&fact.id)?)?, fact));
        Self {
            facts: group.facts.into_iter().filter_map(with_key).collect(),
            relationships: by_id(group.relationships, |row| row.id),
            reviews: by_id(group.reviews, |row| row.id),
            initiatives: group.initiatives,
            statements,
        }
    }
}

fn by_id<T>(rows: Vec<T>, id: impl Fn(&T) -> i64) -> HashMap<i64, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

fn list_seqs(events: &[Event], kind: EntryKind) -> Vec<i64> {
    let entries = events.iter().map(|event| &event.entry);
    let of_kind = entries.filter(|entry| entry.kind == kind.as_ref());
    of_kind.map(|entry| entry.seq).collect()
}

async fn load_initiatives(db: &DatabaseConnection, ids: &[i64]) -> Result<Vec<initiative::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let opened = ValueSet::of_numbers(ids.iter().copied());
    let filter = opened.contains(initiative::Column::Id.into_expr());
    let select = initiative::Entity::find().filter(filter);
    Ok(select.all(db).await?)
}

async fn load_reviews(db: &DatabaseConnection, ids: &[i64]) -> Result<Vec<review::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let recorded = ValueSet::of_numbers(ids.iter().copied());
    let filter = recorded.contains(review::Column::Id.into_expr());
    Ok(review::Entity::find().filter(filter).all(db).await?)
}

async fn load_relationships(
    db: &DatabaseConnection,
    ids: &HashSet<i64>,
) -> Result<Vec<relationship::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let changed = ValueSet::of_numbers(ids.iter().copied());
    let filter = changed.contains(relationship::Column::Id.into_expr());
    Ok(relationship::Entity::find().filter(filter).all(db).await?)
}

/// Ascending by id.
async fn load_statements(
    db: &DatabaseConnection,
    ids: impl Iterator<Item = &i64>,
) -> Result<Vec<statement::Model>> {
    let ids: HashSet<i64> = ids.copied().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let select = statement::Entity::find()
        .filter(ValueSet::of_numbers(ids).contains(statement::Column::Id.into_expr()))
        .order_by_asc(statement::Column::Id);
    Ok(select.all(db).await?)
}

/// The facts of the statements that entries record or change.
async fn load_changed_facts<'r>(
    db: &DatabaseConnection,
    statements: &[statement::Model],
    references: impl Iterator<Item = &'r References> + Clone,
) -> Result<Vec<(HistoryKey, Fact)>> {
    let changed = references
        .clone()
        .flat_map(|one| one.changed.iter().chain(&one.moved));
    let changed: HashSet<i64> = changed.copied().collect();
    let denied = references.filter(|one| !one.denied.is_empty());
    let denied = denied.filter_map(|one| Some((one.changed?, one.denied.clone())));
    let rows: Vec<statement::Model> = statements
        .iter()
        .filter(|row| changed.contains(&row.id))
        .cloned()
        .collect();
    let facts = history::load_facts_with(db, &rows, denied.collect()).await?;
    Ok(history_loader::with_keys(&rows, facts))
}
