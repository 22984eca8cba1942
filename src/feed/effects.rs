//! Effects of entries: the cache tags that they change, and the rows that they change in the read model.

use entity::{initiative, relationship, review};
use sea_orm::DatabaseConnection;

use super::Event;
use super::entry_rows::EntryRows;
use super::references::{References, add_source_revisions, references_of};
use crate::cache::tag::CacheTag;
use crate::error::Result;
use crate::model::position::Fact;
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
    pub(super) reviews: Vec<review::Model>,
}

impl EntryEffects {
    /// Loads the effects of events. At most seven SQL statements for any number of events.
    pub(super) async fn load(db: &DatabaseConnection, events: &[Event]) -> Result<Self> {
        let mut references = references_of(events);
        add_source_revisions(db, events, &mut references).await?;
        let rows = EntryRows::load(db, events, &references).await?;
        Ok(Self::of_rows(events, &references, rows))
    }

    /// `references` are those of the events, in their order.
    pub(super) fn of_rows(
        events: &[Event],
        references: &[Option<References>],
        rows: EntryRows,
    ) -> Self {
        let tags_of = |(references, event): (&Option<References>, &Event)| {
            let mut tags = tags(references.as_ref()?, &rows);
            let review = rows.reviews.get(&event.entry.seq);
            tags.extend(review.iter().flat_map(|review| review_tags(review, &rows)));
            Some(tags)
        };
        Self {
            tags: references.iter().zip(events).map(tags_of).collect(),
            initiatives: rows.initiatives,
            relationships: rows.relationships.into_values().collect(),
            facts: rows.facts,
            reviews: rows.reviews.into_values().collect(),
        }
    }
}

fn tags(references: &References, rows: &EntryRows) -> Vec<CacheTag> {
    let ids = &references.statements;
    let mut tags: Vec<CacheTag> = ids.iter().map(|id| CacheTag::Statement(*id)).collect();
    for row in ids.iter().filter_map(|id| rows.statements.get(id)) {
        tags.extend(row.country_code.as_deref().map(CacheTag::country));
        tags.extend(row.initiative_id.map(CacheTag::Initiative));
        let relationship = row.relationship_id;
        let relationship = relationship.and_then(|id| rows.relationships.get(&id));
        tags.extend(relationship.into_iter().flat_map(relationship_tags));
    }
    tags.extend(references.initiative.map(CacheTag::Initiative));
    tags.extend(references.cited.iter().map(|id| CacheTag::Statement(*id)));
    tags.extend(references.corrected_source.map(CacheTag::Source));
    tags
}

fn review_tags(review: &review::Model, rows: &EntryRows) -> Vec<CacheTag> {
    match review.relationship_id {
        Some(id) => {
            let relationship = rows.relationships.get(&id);
            relationship.map_or_else(Vec::new, |row| relationship_tags(row).to_vec())
        }
        None => vec![
            CacheTag::Relationships,
            CacheTag::Reviews(review.initiative_id),
        ],
    }
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
