//! Effects of entries: the cache tags that they change, and the rows that they change in the read model.

use std::collections::HashMap;

use entity::{initiative, ledger_entry, relationship, statement};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};

use super::{Event, history_loader};
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::ledger::payload::Payload;
use crate::model::position::Fact;
use crate::model::source::EntryKind;
use crate::read_model::HistoryKey;

/// Effects of a list of events.
pub(super) struct EntryEffects {
    /// Per event, in order; `None` for an entry that this version cannot parse.
    pub(super) tags: Vec<Option<Vec<CacheTag>>>,
    /// The current rows, at least as new as the events.
    pub(super) initiatives: Vec<initiative::Model>,
    pub(super) relationships: Vec<relationship::Model>,
    /// The current facts of all statements that the events record or change.
    pub(super) facts: Vec<(HistoryKey, Fact)>,
}

/// Loads the effects of events. At most six SQL statements for any number of events.
pub(super) async fn load_effects(
    db: &DatabaseConnection,
    events: &[Event],
) -> Result<EntryEffects> {
    let statement_ids: Vec<_> = events
        .iter()
        .map(|event| referenced_statements(&event.entry))
        .collect();
    let referenced = statement_ids.iter().flatten().flatten();
    let referenced = ValueSet::of_numbers(referenced.copied());
    let statements = by_id(
        statement::Entity::find()
            .filter(referenced.contains(statement::Column::Id.into_expr()))
            .all(db)
            .await?,
        |row| row.id,
    );
    let changed = statements.values().filter_map(|row| row.relationship_id);
    let changed = ValueSet::of_numbers(changed);
    let relationships = by_id(
        relationship::Entity::find()
            .filter(changed.contains(relationship::Column::Id.into_expr()))
            .all(db)
            .await?,
        |row| row.id,
    );
    let mut changed: Vec<statement::Model> = statements.values().cloned().collect();
    changed.sort_unstable_by_key(|row| row.id);
    let facts = history_loader::facts_of(db, &changed).await?;
    let tags_of = |ids: &Vec<i64>| {
        let mut tags: Vec<CacheTag> = ids.iter().map(|id| CacheTag::Statement(*id)).collect();
        for row in ids.iter().filter_map(|id| statements.get(id)) {
            tags.extend(row.country_code.as_deref().map(CacheTag::country));
            tags.extend(row.initiative_id.map(CacheTag::Initiative));
            let relationship = row.relationship_id.and_then(|id| relationships.get(&id));
            tags.extend(relationship.into_iter().flat_map(relationship_tags));
        }
        tags
    };
    let tags = statement_ids
        .iter()
        .map(|ids| ids.as_ref().map(tags_of))
        .collect();
    Ok(EntryEffects {
        tags,
        initiatives: load_opened_initiatives(db, events).await?,
        relationships: relationships.into_values().collect(),
        facts,
    })
}

async fn load_opened_initiatives(
    db: &DatabaseConnection,
    events: &[Event],
) -> Result<Vec<initiative::Model>> {
    let initiative_kind = EntryKind::InitiativeOpened.as_ref();
    let entries = events.iter().map(|event| &event.entry);
    let ids = entries.filter(|entry| entry.kind == initiative_kind);
    let ids: Vec<i64> = ids.map(|entry| entry.seq).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let opened = ValueSet::of_numbers(ids);
    let filter = opened.contains(initiative::Column::Id.into_expr());
    let select = initiative::Entity::find().filter(filter);
    Ok(select.all(db).await?)
}

fn by_id<T>(rows: Vec<T>, id: impl Fn(&T) -> i64) -> HashMap<i64, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

fn relationship_tags(row: &relationship::Model) -> [CacheTag; 5] {
    [
        CacheTag::Relationships,
        CacheTag::Relationship(row.id),
        CacheTag::Initiative(row.initiative_id),
        CacheTag::country(&row.requesting_state),
        CacheTag::country(&row.requested_state),
    ]
}

/// The statements that an entry records or references. The subjects of the entry are theirs. `None` if it cannot be parsed.
fn referenced_statements(entry: &ledger_entry::Model) -> Option<Vec<i64>> {
    let payload = Payload::parse(entry.kind.parse().ok()?, &entry.payload).ok()?;
    Some(match payload {
        Payload::InitiativeOpened(_) | Payload::SourceRegistered(_) => Vec::new(),
        Payload::StatementRecorded(statement) => {
            let mut ids = statement.contradicts;
            ids.push(entry.seq);
            ids
        }
        Payload::StatementCorrected(correction) => {
            let mut ids = correction.statement.contradicts;
            ids.extend([entry.seq, correction.corrects]);
            ids
        }
        Payload::StatementRetracted(retraction) => vec![retraction.statement],
        Payload::EvidenceAdded(addition) => vec![addition.statement],
    })
}
