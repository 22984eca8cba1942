//! What entries touch: their tags, and the rows of the board.

use std::collections::HashMap;

use entity::{initiative, ledger_entry, relationship, statement};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};

use super::Event;
use crate::cache::tag::Tag;
use crate::error::Result;
use crate::ledger::payload::Payload;
use crate::model::source::EntryKind;

/// What some events touch.
pub(super) struct Touches {
    /// Of each event, in their order; none for an entry that this version cannot read.
    pub(super) tags: Vec<Option<Vec<Tag>>>,
    /// As they are now, at least as new as the events.
    pub(super) initiatives: Vec<initiative::Model>,
    pub(super) relationships: Vec<relationship::Model>,
}

/// At most three statements for any number of events.
pub(super) async fn load(db: &DatabaseConnection, events: &[Event]) -> Result<Touches> {
    let named: Vec<_> = events.iter().map(|event| named(&event.entry)).collect();
    let statements = by_id(
        statement::Entity::find()
            .filter(statement::Column::Id.is_in(named.iter().flatten().flatten().copied()))
            .all(db)
            .await?,
        |row| row.id,
    );
    let ids = statements.values().filter_map(|row| row.relationship_id);
    let relationships = by_id(
        relationship::Entity::find()
            .filter(relationship::Column::Id.is_in(ids))
            .all(db)
            .await?,
        |row| row.id,
    );
    let tags_of = |ids: &Vec<i64>| {
        let mut tags: Vec<Tag> = ids.iter().map(|id| Tag::Statement(*id)).collect();
        for row in ids.iter().filter_map(|id| statements.get(id)) {
            tags.extend(row.country_code.as_deref().map(Tag::country));
            tags.extend(row.initiative_id.map(Tag::Initiative));
            let relationship = row.relationship_id.and_then(|id| relationships.get(&id));
            tags.extend(relationship.into_iter().flat_map(ends));
        }
        tags
    };
    let tags = named.iter().map(|ids| ids.as_ref().map(tags_of)).collect();
    Ok(Touches {
        tags,
        initiatives: opened(db, events).await?,
        relationships: relationships.into_values().collect(),
    })
}

async fn opened(db: &DatabaseConnection, events: &[Event]) -> Result<Vec<initiative::Model>> {
    let opened = EntryKind::InitiativeOpened.as_ref();
    let entries = events.iter().map(|event| &event.entry);
    let ids = entries.filter(|entry| entry.kind == opened);
    let ids: Vec<i64> = ids.map(|entry| entry.seq).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let select = initiative::Entity::find().filter(initiative::Column::Id.is_in(ids));
    Ok(select.all(db).await?)
}

fn by_id<T>(rows: Vec<T>, id: impl Fn(&T) -> i64) -> HashMap<i64, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

fn ends(row: &relationship::Model) -> [Tag; 5] {
    [
        Tag::Relationships,
        Tag::Relationship(row.id),
        Tag::Initiative(row.initiative_id),
        Tag::country(&row.requesting_state),
        Tag::country(&row.requested_state),
    ]
}

/// The statements that an entry is or speaks of; what it is about is what they are about.
fn named(entry: &ledger_entry::Model) -> Option<Vec<i64>> {
    let payload = Payload::parse(entry.kind.parse().ok()?, &entry.payload).ok()?;
    Some(match payload {
        Payload::InitiativeOpened(_) | Payload::SourceRegistered(_) => Vec::new(),
        Payload::StatementRecorded(statement) => {
            let mut named = statement.contradicts;
            named.push(entry.seq);
            named
        }
        Payload::StatementCorrected(correction) => {
            let mut named = correction.statement.contradicts;
            named.extend([entry.seq, correction.corrects]);
            named
        }
        Payload::StatementRetracted(retraction) => vec![retraction.statement],
        Payload::EvidenceAdded(addition) => vec![addition.statement],
    })
}
