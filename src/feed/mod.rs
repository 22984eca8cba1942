//! What was recorded, pushed: one tailer per process reads the ledger by seq, subscribers pull at their own pace.
//!
//! First connect, resume, a slow client and our own restart are one path: read after the last seq, send, wait for the
//! head to move. There is no hand-over between replay and live, and no channel that drops.

use std::sync::Arc;

use entity::{ledger_entry, stance_change};
use futures_util::{Stream, stream};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::watch;

use crate::database::Database;
use crate::error::{Error, Result};
use crate::read_model::Board;

mod effects;
mod reader;
mod replay;
mod ring_buffer;
mod tailer;

pub mod cursors;

pub mod interest;

pub mod notifier;

use crate::cache::{Freshness, invalidation::Touched, tag::Tag};
use notifier::Doorbells;
pub use reader::Reader;
use replay::History;
pub use tailer::Tailer;

/// One ledger entry and the stance change that it caused, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub entry: ledger_entry::Model,
    pub change: Option<stance_change::Model>,
}

/// Where subscribers read. Clones share one ring and one tailer.
#[derive(Clone)]
pub struct Feed {
    database: Database,
    generation: Arc<str>,
    /// The hash before the first entry.
    genesis: Arc<str>,
    /// Seq and hash of where the tailer began: until something is recorded, every subscriber begins there too.
    origin: (i64, Arc<str>),
    ring: Arc<ring_buffer::Ring>,
    history: Arc<History>,
    touched: Arc<Touched>,
    board: Board,
    doorbells: Doorbells,
    head: watch::Receiver<i64>,
}

/// Events that a subscriber takes at a time.
const PAGE: u8 = 100;

/// Consecutive events, ascending, as far as a subscriber has not taken them. Those who read at the same place share them.
struct Page {
    events: Arc<Vec<Arc<Event>>>,
    taken: usize,
}

impl Page {
    /// What follows `seq`.
    fn new(events: Arc<Vec<Arc<Event>>>, seq: i64) -> Self {
        let taken = events.partition_point(|event| event.entry.seq <= seq);
        Self { events, taken }
    }

    fn is_empty(&self) -> bool {
        self.taken == self.events.len()
    }

    fn next(&mut self) -> Option<Arc<Event>> {
        let event = self.events.get(self.taken)?;
        self.taken += 1;
        Some(Arc::clone(event))
    }
}

impl Feed {
    /// The seq up to which the tailer has read.
    pub fn head(&self) -> i64 {
        *self.head.borrow()
    }

    /// Heads as they come.
    pub fn heads(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    /// At least as new as the head.
    pub fn board(&self) -> &Board {
        &self.board
    }

    pub fn generation(&self) -> &str {
        &self.generation
    }

    pub fn genesis(&self) -> &str {
        &self.genesis
    }

    /// Returns when the tailer has read so far; at once if the feed has ended.
    pub async fn reached(&self, seq: i64) {
        let mut head = self.head.clone();
        drop(head.wait_for(|head| *head >= seq).await);
    }

    /// Where to ask to be told of events as they come.
    pub fn doorbells(&self) -> &Doorbells {
        &self.doorbells
    }

    /// The next events after `seq`, at least one; there must be one.
    async fn page(self, seq: i64) -> Result<Page> {
        let page = self.history.after(seq).await?;
        if page.is_empty() {
            return Err(missing(seq + 1));
        }
        Ok(page)
    }

    /// Ticks when the head has moved, once for however many entries; for readers who want the newest and not each.
    pub fn moves(self) -> impl Stream<Item = Result<()>> + Send + 'static {
        let head = self.head.clone();
        stream::unfold(head, |mut head| async move {
            head.changed().await.is_ok().then_some((Ok(()), head))
        })
    }
}

impl Freshness for Feed {
    fn head(&self) -> i64 {
        Feed::head(self)
    }

    fn is_valid(&self, tags: &[Tag], seq: i64) -> bool {
        self.touched.holds(tags, seq)
    }
}

/// At most a page of events after `seq`, ascending, up to the first hole. Two statements.
/// # Errors
/// `Error::Internal` if the very next entry is missing before others. Numbering is gapless, so a hole is damage and not
/// a transaction still under way; nobody may be led over it unaware.
async fn load(db: &DatabaseConnection, seq: i64) -> Result<Vec<Event>> {
    let mut entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Seq.gt(seq))
        .order_by_asc(ledger_entry::Column::Seq)
        .limit(u64::from(PAGE))
        .all(db)
        .await?;
    let numbered = (seq + 1..).zip(&entries);
    let gapless = numbered.take_while(|(expected, entry)| entry.seq == *expected);
    let gapless = gapless.count();
    if gapless == 0 && !entries.is_empty() {
        return Err(missing(seq + 1));
    }
    entries.truncate(gapless);
    let Some(last) = entries.last().map(|entry| entry.seq) else {
        return Ok(Vec::new());
    };
    let changes = stance_change::Entity::find()
        .filter(stance_change::Column::Seq.gt(seq))
        .filter(stance_change::Column::Seq.lte(last))
        .order_by_asc(stance_change::Column::Seq)
        .all(db)
        .await?;
    let mut changes = changes.into_iter().peekable();
    let with_change = |entry: ledger_entry::Model| {
        let change = changes.next_if(|change| change.seq == entry.seq);
        Event { entry, change }
    };
    Ok(entries.into_iter().map(with_change).collect())
}

fn missing(seq: i64) -> Error {
    let what = format!("entry {seq} is missing from the ledger: run `demarche verify`");
    Error::internal(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An event without content; `change` is of the stance of a state in an initiative.
    pub(super) fn event(seq: i64, change: Option<(&str, i64)>) -> Event {
        let entry = ledger_entry::Model {
            seq,
            kind: String::new(),
            payload: String::new(),
            actor: String::new(),
            idempotency_key: String::new(),
            recorded_at: 0,
            prev_hash: String::new(),
            hash: String::new(),
        };
        let change = change.map(|(state, initiative)| stance_change::Model {
            seq,
            relationship_id: 1,
            initiative_id: initiative,
            requested_state: state.to_owned(),
            from_stance: String::new(),
            to_stance: String::new(),
            kind: String::new(),
            unusual: false,
            disputed: false,
            occurred_on: None,
            recorded_at: 0,
            statement_id: seq,
            hash: String::new(),
        });
        Event { entry, change }
    }
}
