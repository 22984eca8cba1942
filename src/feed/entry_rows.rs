//! Rows that entries determine: read from the database, or handed over by the writer of this process.

use std::collections::{BTreeSet, HashMap, HashSet};

use entity::{initiative, relationship, review, statement};
use sea_orm::DatabaseConnection;

use super::{Event, history_loader, references::References};
use crate::database::value_set::load_by_id;
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
        let ids: BTreeSet<i64> = known
            .clone()
            .flat_map(|one| &one.statements)
            .copied()
            .collect();
        let mut statements =
            load_by_id::<statement::Entity>(db, statement::Column::Id, ids).await?;
        statements.sort_unstable_by_key(|row| row.id);
        let facts = load_changed_facts(db, &statements, known).await?;
        let statements = by_id(statements, |row| row.id);
        let ids = list_seqs(events, EntryKind::ReviewRecorded);
        let reviews = load_by_id::<review::Entity>(db, review::Column::Id, ids).await?;
        let changed = statements.values().filter_map(|row| row.relationship_id);
        let reviewed = reviews.iter().filter_map(|row| row.relationship_id);
        let ids: BTreeSet<i64> = changed.chain(reviewed).collect();
        let relationships =
            load_by_id::<relationship::Entity>(db, relationship::Column::Id, ids).await?;
        let ids = list_seqs(events, EntryKind::InitiativeOpened);
        Ok(Self {
            relationships: by_id(relationships, |row| row.id),
            initiatives: load_by_id::<initiative::Entity>(db, initiative::Column::Id, ids).await?,
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
