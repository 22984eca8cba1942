//! Which tags an entry touches.

use std::collections::HashMap;

use entity::{ledger_entry, relationship, statement};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};

use super::{Event, touched::Tag};
use crate::error::Result;
use crate::ledger::payload::Payload;

/// The tags of each entry, in the order of the events; none for an entry that this version cannot read. Two statements
/// for any number of events.
pub(super) async fn load(
    db: &DatabaseConnection,
    events: &[Event],
) -> Result<Vec<Option<Vec<Tag>>>> {
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
    Ok(named.iter().map(|ids| ids.as_ref().map(tags_of)).collect())
}

fn by_id<T>(rows: Vec<T>, id: impl Fn(&T) -> i64) -> HashMap<i64, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

fn ends(row: &relationship::Model) -> [Tag; 4] {
    [
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
