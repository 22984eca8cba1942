//! Read model in memory: all initiatives, all relationships with their current positions in the sort orders of lists, the
//! histories from which positions at a moment are folded, what stance changes are filtered by, and reviews.
//!
//! The database remains the source of truth. The tailer copies each row and fact that an entry changed before it publishes the
//! entry. Invariant: the read model is never older than the feed's head. It may be older than what another SQL statement reads
//! at the same time. Histories and changes are loaded after the start, while the server already answers
//! questions about now.

mod changes;
mod histories;
mod indexes;
mod reviews;
mod scan;

use std::ops::RangeInclusive;
use std::sync::Arc;

use entity::{initiative, relationship, review};
use parking_lot::{RwLock, RwLockReadGuard};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::model::position::{Fact, history::History};
use crate::model::review::Review;
use crate::model::statement::facets::Facets;
use crate::model::time::{Timestamp, parse_day};

pub use changes::{ChangeConditions, ChangeFacets, Changes, pack_state};
pub use histories::{FoundStatement, Histories, HistoryKey};
pub use indexes::{IndexKey, Indexes, RelationshipSort, SortPosition, SortedRows, day_text};
pub use reviews::Reviews;
pub use scan::{Scan, Verdict};

/// Relationships per SQL statement of a load: the rows of the driver take many times the memory of what is stored here.
const PAGE_SIZE: u64 = 4_000;

/// Clones share the rows.
#[derive(Clone, Debug)]
pub struct ReadModel {
    indexes: Arc<RwLock<Indexes>>,
    histories: Arc<RwLock<Histories>>,
    changes: Arc<RwLock<Changes>>,
    reviews: Arc<RwLock<Reviews>>,
    has_histories: watch::Sender<bool>,
    has_changes: watch::Sender<bool>,
}

impl Default for ReadModel {
    fn default() -> Self {
        Self {
            indexes: Arc::default(),
            histories: Arc::default(),
            changes: Arc::default(),
            reviews: Arc::default(),
            has_histories: watch::channel(false).0,
            has_changes: watch::channel(false).0,
        }
    }
}

impl ReadModel {
    /// Replaces all rows by those in the database.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn load(&self, db: &DatabaseConnection) -> Result<()> {
        let mut indexes = Indexes::default();
        indexes.upsert(initiative::Entity::find().all(db).await?, Vec::new());
        let mut last = i64::MIN;
        loop {
            let page = relationship::Entity::find()
                .filter(relationship::Column::Id.gt(last))
                .order_by_asc(relationship::Column::Id)
                .limit(PAGE_SIZE)
                .all(db)
                .await?;
            let Some(row) = page.last() else { break };
            last = row.id;
            indexes.upsert(Vec::new(), page);
        }
        *self.indexes.write() = indexes;
        self.merge_reviews(&review::Entity::find().all(db).await?)
    }

    /// Adds reviews that are new.
    /// # Errors
    /// `Error::Internal` for a day that is none.
    pub fn merge_reviews(&self, rows: &[review::Model]) -> Result<()> {
        let reviews = rows.iter().map(|row| {
            let subject = row.relationship_id.unwrap_or(row.initiative_id);
            let day = parse_day(&row.reviewed_on);
            let review = Review {
                seq: row.id,
                recorded_at: Timestamp(row.recorded_at),
                reviewed_on: day.ok_or_else(|| not_a_day(&row.reviewed_on))?,
            };
            Ok((subject, review))
        });
        let reviews: Vec<(i64, Review)> = reviews.collect::<Result<_>>()?;
        self.reviews.write().merge(reviews);
        Ok(())
    }

    /// Replaces rows, and adds those that are new.
    pub fn upsert(
        &self,
        initiatives: Vec<initiative::Model>,
        relationships: Vec<relationship::Model>,
    ) {
        let mut indexes = self.indexes.write();
        indexes.upsert(initiatives, relationships);
    }

    /// Adds facts to histories, or what is new in them: an older copy of a fact changes nothing.
    /// # Errors
    /// `Error::Internal` for a date that is not accepted.
    pub fn merge_facts(&self, facts: impl IntoIterator<Item = (HistoryKey, Fact)>) -> Result<()> {
        let mut histories = self.histories.write();
        facts
            .into_iter()
            .try_for_each(|(key, fact)| histories.merge(&key, &fact))
    }

    /// Adds all facts of some subjects, whose histories are complete from then on.
    /// # Errors
    /// Those of [`ReadModel::merge_facts`].
    pub fn complete_subjects(
        &self,
        subjects: &[HistoryKey],
        facts: impl IntoIterator<Item = (HistoryKey, Fact)>,
    ) -> Result<()> {
        self.merge_facts(facts)?;
        self.histories.write().complete(subjects);
        Ok(())
    }

    /// Declares all histories complete.
    pub fn complete_histories(&self) {
        self.has_histories.send_replace(true);
        let mut next = Some(0);
        while let Some(from) = next {
            next = self.histories.write().shrink(from);
        }
    }

    /// Whether all histories are complete.
    pub fn has_histories(&self) -> bool {
        *self.has_histories.borrow()
    }

    /// The subjects whose histories may still lack facts.
    pub fn list_incomplete(&self, subjects: &[HistoryKey]) -> Vec<HistoryKey> {
        if self.has_histories() {
            return Vec::new();
        }
        let histories = self.histories.read();
        let subjects = subjects.iter();
        let incomplete = subjects.filter(|subject| !histories.is_complete(subject));
        incomplete.cloned().collect()
    }

    /// Waits until the histories are complete.
    pub async fn wait_for_histories(&self) {
        wait_for(&self.has_histories).await;
    }

    /// Adds changes that are new.
    pub fn merge_changes<'c>(&self, changes: impl IntoIterator<Item = &'c ChangeFacets>) {
        self.changes.write().merge(changes);
    }

    /// Declares all changes complete.
    pub fn complete_changes(&self) {
        self.has_changes.send_replace(true);
    }

    /// Whether all changes are complete.
    pub fn has_changes(&self) -> bool {
        *self.has_changes.borrow()
    }

    /// Waits until the changes are complete.
    pub async fn wait_for_changes(&self) {
        wait_for(&self.has_changes).await;
    }

    /// Checks at most `most` changes in a range of seqs, and finds the seqs of those that match.
    pub fn scan_changes(
        &self,
        range: &RangeInclusive<i64>,
        backward: bool,
        most: usize,
        conditions: &ChangeConditions,
    ) -> Scan<i64> {
        let changes = self.changes.read();
        changes.scan(range, backward, most, conditions)
    }

    /// Locks the rows for reading. The tailer waits for the lock, so do not hold it over an await.
    pub fn read(&self) -> RwLockReadGuard<'_, Indexes> {
        self.indexes.read()
    }

    /// Locks the reviews for reading; see [`ReadModel::read`].
    pub fn reviews(&self) -> RwLockReadGuard<'_, Reviews> {
        self.reviews.read()
    }

    /// The history of a subject.
    pub fn history(&self, key: &HistoryKey) -> Option<Arc<History>> {
        self.histories.read().find(key).cloned()
    }

    /// Checks at most `most` statements in a range of seqs: those found match, or come with the history that decides.
    pub fn scan_statements(
        &self,
        range: &RangeInclusive<i64>,
        backward: bool,
        most: usize,
        check: impl Fn(Facets) -> Verdict,
    ) -> Scan<FoundStatement> {
        self.histories.read().scan(range, backward, most, check)
    }

    /// Locks the histories for reading; see [`ReadModel::read`].
    pub fn histories(&self) -> RwLockReadGuard<'_, Histories> {
        self.histories.read()
    }
}

fn not_a_day(text: &str) -> Error {
    Error::internal(format!(
        "the database contains `{text}` where a day is expected"
    ))
}

async fn wait_for(flag: &watch::Sender<bool>) {
    if !*flag.borrow() {
        drop(flag.subscribe().wait_for(|is_set| *is_set).await);
    }
}
