//! Effects of entries: the cache tags that they change, and the rows that they change in the read model.

use std::collections::{HashMap, HashSet};

use entity::{initiative, ledger_entry, relationship, review, statement};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};

use super::{Event, history_loader};
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::ledger::payload::Payload;
use crate::ledger::{history, source_revisions};
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
    pub(super) reviews: Vec<review::Model>,
}

/// Loads the effects of events. At most eight SQL statements for any number of events.
pub(super) async fn load_effects(
    db: &DatabaseConnection,
    events: &[Event],
) -> Result<EntryEffects> {
    let references = events.iter().map(|event| References::of(&event.entry));
    let mut references: Vec<Option<References>> = references.collect();
    add_source_revisions(db, events, &mut references).await?;
    let known = references.iter().flatten();
    let statements = load_statements(db, known.clone().flat_map(|one| &one.statements)).await?;
    let facts = load_changed_facts(db, &statements, known).await?;
    let statements = by_id(statements, |row| row.id);
    let reviews = by_id(load_reviews(db, events).await?, |row| row.id);
    let changed = statements.values().filter_map(|row| row.relationship_id);
    let reviewed = reviews.values().filter_map(|row| row.relationship_id);
    let changed = ValueSet::of_numbers(changed.chain(reviewed));
    let relationships = by_id(
        relationship::Entity::find()
            .filter(changed.contains(relationship::Column::Id.into_expr()))
            .all(db)
            .await?,
        |row| row.id,
    );
    let tags_of = |references: &References| {
        let ids = &references.statements;
        let mut tags: Vec<CacheTag> = ids.iter().map(|id| CacheTag::Statement(*id)).collect();
        for row in ids.iter().filter_map(|id| statements.get(id)) {
            tags.extend(row.country_code.as_deref().map(CacheTag::country));
            tags.extend(row.initiative_id.map(CacheTag::Initiative));
            let relationship = row.relationship_id.and_then(|id| relationships.get(&id));
            tags.extend(relationship.into_iter().flat_map(relationship_tags));
        }
        tags.extend(references.initiative.map(CacheTag::Initiative));
        tags.extend(references.cited.iter().map(|id| CacheTag::Statement(*id)));
        tags.extend(references.corrected_source.map(CacheTag::Source));
        tags
    };
    let review_tags = |review: &review::Model| match review.relationship_id {
        Some(id) => {
            let relationship = relationships.get(&id);
            relationship.map_or_else(Vec::new, |row| relationship_tags(row).to_vec())
        }
        None => vec![
            CacheTag::Relationships,
            CacheTag::Reviews(review.initiative_id),
        ],
    };
    let with_reviews = |(references, event): (&Option<References>, &Event)| {
        let mut tags = tags_of(references.as_ref()?);
        tags.extend(
            reviews
                .get(&event.entry.seq)
                .into_iter()
                .flat_map(review_tags),
        );
        Some(tags)
    };
    let tags = references.iter().zip(events).map(with_reviews).collect();
    Ok(EntryEffects {
        tags,
        initiatives: load_opened_initiatives(db, events).await?,
        relationships: relationships.into_values().collect(),
        facts,
        reviews: reviews.into_values().collect(),
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

async fn load_reviews(db: &DatabaseConnection, events: &[Event]) -> Result<Vec<review::Model>> {
    let review_kind = EntryKind::ReviewRecorded.as_ref();
    let entries = events.iter().map(|event| &event.entry);
    let ids = entries.filter(|entry| entry.kind == review_kind);
    let ids: Vec<i64> = ids.map(|entry| entry.seq).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let filter = ValueSet::of_numbers(ids).contains(review::Column::Id.into_expr());
    Ok(review::Entity::find().filter(filter).all(db).await?)
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

/// The statements that an entry records or references. The subjects of the entry are theirs.
#[derive(Default)]
pub(super) struct References {
    statements: Vec<i64>,
    /// The one whose fact is new or different.
    pub(super) changed: Option<i64>,
    /// The statements that a new one denies.
    denied: Vec<i64>,
    /// The initiative of a review or an edition, and the requested state of the relationship that was reviewed.
    pub(super) initiative: Option<i64>,
    pub(super) requested_state: Option<String>,
    /// The source that a correction is of, the statements that cite it, and those whose day of publication may be another.
    pub(super) corrected_source: Option<i64>,
    cited: Vec<i64>,
    moved: Vec<i64>,
}

impl References {
    /// `None` if the entry cannot be parsed.
    pub(super) fn of(entry: &ledger_entry::Model) -> Option<Self> {
        let payload = Payload::parse(entry.kind.parse().ok()?, &entry.payload).ok()?;
        let changed = payload.changed_statement(entry.seq);
        let mut references = Self {
            changed,
            ..Self::default()
        };
        let mut corrected = None;
        match payload {
            Payload::StatementRecorded(statement) => references.denied = statement.contradicts,
            Payload::StatementCorrected(correction) => {
                references.denied = correction.statement.contradicts;
                corrected = Some(correction.corrects);
            }
            Payload::ReviewRecorded(review) => {
                references.initiative = Some(review.initiative);
                references.requested_state = review.requested_state;
            }
            Payload::EditionImported(edition) => references.initiative = Some(edition.initiative),
            Payload::SourceCorrected(correction) => {
                references.corrected_source = Some(correction.number);
            }
            Payload::InitiativeOpened(_)
            | Payload::SourceRegistered(_)
            | Payload::StatementRetracted(_)
            | Payload::EvidenceAdded(_) => {}
        }
        let others = references.denied.iter().copied().chain(corrected);
        references.statements = others.chain(changed).collect();
        Some(references)
    }
}

/// Adds the statements that corrections of sources concern. One SQL statement, if there are corrections.
async fn add_source_revisions(
    db: &DatabaseConnection,
    events: &[Event],
    references: &mut [Option<References>],
) -> Result<()> {
    let mut corrections: HashMap<i64, &mut References> = HashMap::new();
    for (event, references) in events.iter().zip(references) {
        if let Some(references) = references
            && references.corrected_source.is_some()
        {
            corrections.insert(event.entry.seq, references);
        }
    }
    if corrections.is_empty() {
        return Ok(());
    }
    let seqs = ValueSet::of_numbers(corrections.keys().copied());
    let all = |_| sea_orm::sea_query::Expr::val(true);
    for revision in source_revisions::list(db, |seq| seqs.contains(seq), all).await? {
        let Some(references) = corrections.get_mut(&revision.seq) else {
            continue;
        };
        if revision.is_moved {
            references.moved.push(revision.statement);
            references.statements.push(revision.statement);
        } else {
            references.cited.push(revision.statement);
        }
    }
    Ok(())
}

/// Ascending by id.
async fn load_statements(
    db: &DatabaseConnection,
    ids: impl Iterator<Item = &i64>,
) -> Result<Vec<statement::Model>> {
    let ids = ValueSet::of_numbers(ids.copied());
    let select = statement::Entity::find()
        .filter(ids.contains(statement::Column::Id.into_expr()))
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
