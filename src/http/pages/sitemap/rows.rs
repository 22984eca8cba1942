//! Rows of a site map: what has a page, and when the page changed last. Read from narrow rows of the tables, by ranges of entries.

use std::collections::{BTreeMap, HashMap};

use entity::{initiative, ledger_entry, relationship, stance_change, statement};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    TryGetable,
};

use crate::database::value_set::ValueSet;
use crate::error::Result;

pub(super) struct Entry {
    pub(super) path: String,
    /// Microseconds since 1970.
    pub(super) changed_at: i64,
}

/// The countries of all relationships, and those that a statement is about.
pub(super) async fn list_countries(db: &DatabaseConnection) -> Result<Vec<Entry>> {
    let mut changed: BTreeMap<String, i64> = BTreeMap::new();
    for column in [
        relationship::Column::RequestedState,
        relationship::Column::RequestingState,
    ] {
        let states = relationship::Entity::find()
            .select_only()
            .column(column)
            .column_as(relationship::Column::ChangedAt.max(), "changed_at")
            .group_by(column);
        let states: Vec<(String, i64)> = states.into_tuple().all(db).await?;
        for (code, changed_at) in states {
            let newest = changed.entry(code).or_default();
            *newest = changed_at.max(*newest);
        }
    }
    let about = statement::Entity::find().filter(statement::Column::CountryCode.is_not_null());
    for (code, changed_at) in list_subjects(db, about, statement::Column::CountryCode).await? {
        let newest = changed.entry(code).or_default();
        *newest = changed_at.max(*newest);
    }
    let entries = changed.into_iter().map(|(code, changed_at)| Entry {
        path: format!("/countries/{code}"),
        changed_at,
    });
    Ok(entries.collect())
}

/// Subjects of statements, by one of their columns, and when the newest of these was recorded or retracted. A correction is itself recorded.
async fn list_subjects<Id: TryGetable>(
    db: &DatabaseConnection,
    statements: Select<statement::Entity>,
    subject: statement::Column,
) -> Result<Vec<(Id, i64)>> {
    let statements = statements
        .select_only()
        .column(subject)
        .column_as(statement::Column::RecordedAt.max(), "recorded_at")
        .column_as(statement::Column::RetractedAt.max(), "retracted_at")
        .group_by(subject);
    let rows: Vec<(Id, i64, Option<i64>)> = statements.into_tuple().all(db).await?;
    let newest = |(id, recorded_at, retracted_at): (Id, i64, Option<i64>)| {
        (id, retracted_at.max(Some(recorded_at)))
    };
    let rows = rows.into_iter().map(newest);
    Ok(rows.map(|(id, at)| (id, at.unwrap_or_default())).collect())
}

/// Initiatives, statements and stance changes of the entries after `after` up to `last`.
pub(super) async fn list_entries(
    db: &DatabaseConnection,
    after: i64,
    last: i64,
) -> Result<Vec<Entry>> {
    let mut entries = list_initiatives(db, after, last).await?;
    entries.extend(list_statements(db, after, last).await?);
    entries.extend(list_changes(db, after, last).await?);
    Ok(entries)
}

/// Their pages change with their relationships, and with statements about the initiative itself.
async fn list_initiatives(db: &DatabaseConnection, after: i64, last: i64) -> Result<Vec<Entry>> {
    let slugs = initiative::Entity::find()
        .select_only()
        .columns([initiative::Column::Id, initiative::Column::Slug])
        .filter(initiative::Column::Id.gt(after))
        .filter(initiative::Column::Id.lte(last))
        .order_by_asc(initiative::Column::Id);
    let slugs: Vec<(i64, String)> = slugs.into_tuple().all(db).await?;
    if slugs.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ValueSet::of_numbers(slugs.iter().map(|(id, _)| *id));
    let opened = ledger_entry::Entity::find()
        .select_only()
        .columns([ledger_entry::Column::Seq, ledger_entry::Column::RecordedAt])
        .filter(ids.contains(ledger_entry::Column::Seq.into_expr()));
    let opened: Vec<(i64, i64)> = opened.into_tuple().all(db).await?;
    let changed = relationship::Entity::find()
        .select_only()
        .column(relationship::Column::InitiativeId)
        .column_as(relationship::Column::ChangedAt.max(), "changed_at")
        .filter(ids.contains(relationship::Column::InitiativeId.into_expr()))
        .group_by(relationship::Column::InitiativeId);
    let changed: Vec<(i64, i64)> = changed.into_tuple().all(db).await?;
    let about =
        statement::Entity::find().filter(ids.contains(statement::Column::InitiativeId.into_expr()));
    let about = list_subjects(db, about, statement::Column::InitiativeId).await?;
    let mut newest: HashMap<i64, i64> = HashMap::new();
    for (id, changed_at) in opened.into_iter().chain(changed).chain(about) {
        let known = newest.entry(id).or_default();
        *known = changed_at.max(*known);
    }
    let entries = slugs.into_iter().map(|(id, slug)| Entry {
        path: format!("/initiatives/{slug}"),
        changed_at: newest.get(&id).copied().unwrap_or_default(),
    });
    Ok(entries.collect())
}

/// The page of a statement changes when it is corrected or retracted.
async fn list_statements(db: &DatabaseConnection, after: i64, last: i64) -> Result<Vec<Entry>> {
    type Row = (i64, i64, Option<i64>, Option<i64>);
    let rows = statement::Entity::find()
        .select_only()
        .columns([
            statement::Column::Id,
            statement::Column::RecordedAt,
            statement::Column::RetractedAt,
            statement::Column::CorrectedBy,
        ])
        .filter(statement::Column::Id.gt(after))
        .filter(statement::Column::Id.lte(last))
        .order_by_asc(statement::Column::Id);
    let rows: Vec<Row> = rows.into_tuple().all(db).await?;
    let corrections = rows.iter().filter_map(|(.., corrected_by)| *corrected_by);
    let corrections = ValueSet::of_numbers(corrections);
    let recorded = statement::Entity::find()
        .select_only()
        .columns([statement::Column::Id, statement::Column::RecordedAt])
        .filter(corrections.contains(statement::Column::Id.into_expr()));
    let recorded: Vec<(i64, i64)> = recorded.into_tuple().all(db).await?;
    let recorded: HashMap<i64, i64> = recorded.into_iter().collect();
    let entries = rows
        .into_iter()
        .map(|(id, recorded_at, retracted_at, corrected_by)| {
            let corrected_at = corrected_by.and_then(|by| recorded.get(&by).copied());
            Entry {
                path: format!("/statements/{id}"),
                changed_at: Some(recorded_at)
                    .max(retracted_at)
                    .max(corrected_at)
                    .unwrap_or_default(),
            }
        });
    Ok(entries.collect())
}

async fn list_changes(db: &DatabaseConnection, after: i64, last: i64) -> Result<Vec<Entry>> {
    let rows = stance_change::Entity::find()
        .select_only()
        .columns([
            stance_change::Column::Seq,
            stance_change::Column::RecordedAt,
        ])
        .filter(stance_change::Column::Seq.gt(after))
        .filter(stance_change::Column::Seq.lte(last))
        .order_by_asc(stance_change::Column::Seq);
    let rows: Vec<(i64, i64)> = rows.into_tuple().all(db).await?;
    let entries = rows.into_iter().map(|(seq, recorded_at)| Entry {
        path: format!("/changes/{seq}"),
        changed_at: recorded_at,
    });
    Ok(entries.collect())
}
