//! Data loaders: resolvers read all rows and lists through these, in batches.
//!
//! A resolver loads by key. All keys of one type that are requested at one level of a request are loaded by one SQL
//! statement, for any number of parents (see [`batches`]). The read model and the cache of
//! recent changes are as new as the feed, for which a mutation waits; so its response is never stale.
//!
//! The execution of a pinned query reads an earlier state of the ledger: rows of later entries do not exist, and rows that later
//! entries changed are restored ([`pinned`]). Everything outside of this folder reads through it, so a resolver cannot forget
//! the pin.

pub mod batches;

pub mod list;

pub mod page;

pub mod row;

pub mod source;

pub mod initiative;

pub mod relationship;

pub mod positions;

pub mod reviews;

pub mod edition;

pub mod statement;

pub mod statement_criteria;

pub mod filtered_statements;

mod statement_check;

mod seq_range;

pub mod evidence;

pub mod history;

mod pinned;

mod pinned_list;

pub mod stance_change;

pub mod filtered_changes;

pub mod dispute;

pub mod delivery;

pub mod recent_changes;

pub mod work_budget;

pub mod ledger;

pub mod proofs;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_graphql::{Context, dataloader::DataLoader};
use entity::ledger_entry;
use sea_orm::{DatabaseConnection, EntityTrait};
use tokio::time::timeout;

use crate::cache::recorder::TagRecorder;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::model::cursor::LedgerTip;
use crate::model::pin::{Pin, PinRequest};
use crate::read_model::ReadModel;
use crate::{cache::tag::CacheTag, feed::Feed};
use recent_changes::RecentChangesCache;
use work_budget::{SQL_STATEMENT, WorkBudget};

/// Longest wait for the feed to reach an entry.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// What loaders read from: the database, the read model and the cache of recent changes. It records the tags of all
/// reads.
#[derive(Clone)]
pub struct LoaderContext {
    database: Database,
    feed: Feed,
    recent_changes: RecentChangesCache,
    /// The newest entry that any client has read or written.
    newest_seen: Arc<AtomicI64>,
    recorder: Option<TagRecorder>,
    work: WorkBudget,
    pin: Option<Pin>,
}

pub type Loaders = DataLoader<LoaderContext>;

impl LoaderContext {
    /// `changes_bytes` limits the cache of recent changes.
    pub fn new(database: Database, feed: &Feed, changes_bytes: u64) -> Self {
        Self {
            database,
            feed: feed.clone(),
            recent_changes: RecentChangesCache::new(changes_bytes, feed.clone()),
            newest_seen: Arc::default(),
            recorder: None,
            work: WorkBudget::default(),
            pin: None,
        }
    }

    /// A copy for one execution, which records the tags of its reads, counts its work and reads the ledger as of a pin.
    #[must_use]
    pub fn for_execution(
        &self,
        recorder: Option<TagRecorder>,
        work: WorkBudget,
        pin: Option<Pin>,
    ) -> Self {
        Self {
            recorder,
            work,
            pin,
            ..self.clone()
        }
    }

    /// Finds the state of the ledger that a client requests.
    /// # Errors
    /// `Error::CursorInvalid` if this ledger has not reached it, or has another generation.
    pub async fn find_pin(&self, request: &PinRequest) -> Result<Pin> {
        self.feed.find_pin(request).await
    }

    /// The state of the ledger that this execution reads; `None` for the newest.
    pub fn pin(&self) -> Option<&Pin> {
        self.pin.as_ref()
    }

    /// Whether a row exists whose entry has this seq: always, without a pin.
    pub fn includes(&self, seq: i64) -> bool {
        self.pin.as_ref().is_none_or(|pin| pin.includes(seq))
    }

    /// The budget for work that depends on the data.
    pub fn work(&self) -> &WorkBudget {
        &self.work
    }

    /// The connection for an SQL statement whose result depends on these tags, whether or not it returns rows.
    /// [`CacheTag::Any`] is always correct. The caller selects only rows of entries up to the pin.
    pub fn db(&self, tags: impl IntoIterator<Item = CacheTag>) -> &DatabaseConnection {
        self.record_tags(tags);
        self.recorder.iter().for_each(TagRecorder::record_database);
        self.work.add(SQL_STATEMENT);
        let newest_seen = self.newest_seen.load(Ordering::Acquire);
        self.database.reader_at(newest_seen.max(self.feed.head()))
    }

    /// The newest entry that the read model may include.
    fn newest_applied(&self) -> i64 {
        self.feed.newest_applied()
    }

    /// The caller records the tags that its result depends on. It is the newest state: the caller applies the pin.
    fn read_model(&self) -> &ReadModel {
        self.feed.read_model()
    }

    /// The caller records the tags that its result depends on. `None` for a pinned execution.
    pub fn recent_changes(&self) -> Option<&RecentChangesCache> {
        self.pin.is_none().then_some(&self.recent_changes)
    }

    /// Waits until the read model includes an entry that was read from the database: a client that has seen the entry
    /// must not get an older response afterwards. The wait is limited, so a stalled feed blocks no request.
    pub async fn wait_for_feed(&self, seq: i64) {
        self.newest_seen.fetch_max(seq, Ordering::AcqRel);
        if self.feed.head() < seq {
            drop(timeout(CATCH_UP_TIMEOUT, self.feed.wait_for(seq)).await);
        }
    }

    /// The entry of a cursor that another server issued, which may be ahead of this server or its replica.
    pub async fn find_newer(&self, seq: i64) -> Result<Option<ledger_entry::Model>> {
        if !self.includes(seq) {
            return Ok(None);
        }
        let entry = ledger_entry::Entity::find_by_id(seq);
        let entry = entry.one(self.database.reader()).await?;
        if entry.is_some() {
            self.wait_for_feed(seq).await;
        }
        Ok(entry)
    }

    /// Adds tags that the result depends on. No entry changes a pinned result.
    pub fn record_tags(&self, tags: impl IntoIterator<Item = CacheTag>) {
        if let (Some(recorder), None) = (&self.recorder, &self.pin) {
            recorder.record(tags);
        }
    }

    /// The error for a cursor that is not valid for this ledger.
    pub async fn cursor_error(&self, field: &str, reason: &str) -> Error {
        let Some(pin) = &self.pin else {
            return self.feed.cursor_error(field, reason).await;
        };
        let head = LedgerTip::new(self.generation(), pin.seq, pin.hash.to_string());
        Error::ledger_cursor(field, reason, Some(head))
    }

    /// The generation of this ledger, which is part of every ledger cursor.
    pub fn generation(&self) -> &str {
        self.feed.generation()
    }

    /// The hash before the first entry.
    pub fn genesis(&self) -> &str {
        self.feed.genesis()
    }
}

/// The loader context of this execution.
pub fn loader_context<'c>(ctx: &Context<'c>) -> &'c LoaderContext {
    loaders(ctx).loader()
}

/// The loaders of this execution.
pub fn loaders<'c>(ctx: &Context<'c>) -> &'c Loaders {
    ctx.data_unchecked()
}

/// Excludes the response from the response cache: it depends on the caller or on the time.
pub fn mark_uncacheable(ctx: &Context<'_>) {
    if let Some(recorder) = ctx.data_opt::<TagRecorder>() {
        recorder.mark_uncacheable();
    }
}
