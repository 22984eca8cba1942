//! Batched reads: every row and list that a resolver needs comes through here.
//!
//! A key says what is wanted; all keys of one type that a request asks for at one level are answered by one statement,
//! however many parents ask (see [`batching`]). What is kept between batches, the board and the newest changes, is as new
//! as the feed, for which a mutation waits: so its answer is never stale.

pub mod list;

pub mod page;

pub mod row;

pub mod initiative;

pub mod relationship;

pub mod statement;

pub mod evidence;

pub mod history;

pub mod stance_change;

pub mod recent_changes;

pub mod ledger;

pub mod tally;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_graphql::{Context, dataloader::DataLoader};
use entity::ledger_entry;
use sea_orm::{DatabaseConnection, EntityTrait};
use tokio::time::timeout;

use crate::cache::recorder::Reads;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::read_model::Board;
use crate::{cache::tag::Tag, feed::Feed};
use recent_changes::Recent;

/// How long anybody waits for the feed to come to an entry.
const CATCHING_UP: Duration = Duration::from_secs(1);

/// Reads the database for all loaders.
#[derive(Clone)]
pub struct Reader {
    database: Database,
    feed: Feed,
    recent: Recent,
    /// The newest entry that anybody was shown or told to have written.
    seen: Arc<AtomicI64>,
    reads: Option<Reads>,
}

pub type Loaders = DataLoader<Reader>;

impl Reader {
    /// Keeps at most so many bytes of changes.
    pub fn new(database: Database, feed: &Feed, changes: u64) -> Self {
        Self {
            database,
            feed: feed.clone(),
            recent: Recent::new(changes, feed.clone()),
            seen: Arc::default(),
            reads: None,
        }
    }

    /// The same, noting what is read.
    #[must_use]
    pub fn noting(&self, reads: Option<Reads>) -> Self {
        Self {
            reads,
            ..self.clone()
        }
    }

    /// For a statement whose result rests on these tags, whatever it finds. Who cannot say better says
    /// [`Tag::Everything`].
    pub fn db(&self, tags: impl IntoIterator<Item = Tag>) -> &DatabaseConnection {
        self.note(tags);
        let seen = self.seen.load(Ordering::Acquire);
        self.database.reader_at(seen.max(self.feed.head()))
    }

    /// Who reads it notes what the result rests on.
    pub fn board(&self) -> &Board {
        self.feed.board()
    }

    /// Who reads them notes what the result rests on.
    pub fn recent(&self) -> &Recent {
        &self.recent
    }

    /// Waits until the board is as new as an entry that was read from the database: whoever is shown it must not be given
    /// an older answer afterwards. A feed that stands still holds up nobody.
    pub async fn catch_up(&self, seq: i64) {
        self.seen.fetch_max(seq, Ordering::AcqRel);
        if self.feed.head() < seq {
            drop(timeout(CATCHING_UP, self.feed.reached(seq)).await);
        }
    }

    /// The entry of a cursor that may come from another server, which is further on than we are or our replica is.
    pub async fn find_newer(&self, seq: i64) -> Result<Option<ledger_entry::Model>> {
        let entry = ledger_entry::Entity::find_by_id(seq);
        let entry = entry.one(self.database.reader()).await?;
        if entry.is_some() {
            self.catch_up(seq).await;
        }
        Ok(entry)
    }

    /// What a result rests on besides, as it shows.
    pub fn note(&self, tags: impl IntoIterator<Item = Tag>) {
        if let Some(reads) = &self.reads {
            reads.note(tags);
        }
    }

    /// What a client is told of a cursor that cannot be honoured.
    pub async fn refuse(&self, field: &str, why: &str) -> Error {
        self.feed.refuse(field, why).await
    }

    /// That of every cursor.
    pub fn generation(&self) -> &str {
        self.feed.generation()
    }

    /// The hash before the first entry.
    pub fn genesis(&self) -> &str {
        self.feed.genesis()
    }
}

/// What the loaders of this execution read from.
pub fn reader<'c>(ctx: &Context<'c>) -> &'c Reader {
    loaders(ctx).loader()
}

/// The loaders of this execution.
pub fn loaders<'c>(ctx: &Context<'c>) -> &'c Loaders {
    ctx.data_unchecked()
}

/// The response is for this caller and this moment only.
pub fn mark_uncacheable(ctx: &Context<'_>) {
    if let Some(reads) = ctx.data_opt::<Reads>() {
        reads.mark_uncacheable();
    }
}
