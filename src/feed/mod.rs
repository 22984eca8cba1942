//! Change feed: one tailer per process reads the ledger by seq, and subscribers read events at their own pace.
//!
//! A first connect, a resume, a slow client and a restart of the server use one path: read after the last seq, send, wait
//! for the head to move. There is no hand-over between replay and live events, and no channel that drops events.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use entity::{ledger_entry, stance_change};
use futures_util::{Stream, stream};
use tokio::sync::watch;

use crate::database::Database;
use crate::error::Result;
use crate::read_model::{HistoryKey, ReadModel};
use crate::telemetry::repeated_failure::RepeatedFailure;

mod change_pages;
mod effects;
mod entry_rows;
mod fact_pages;
mod history_loader;
mod ledger_events;
mod reader;
mod references;
mod replay;
mod revisions;
mod ring_buffer;
mod subjects;
mod tailer;

pub mod cursors;

pub mod interest;

pub mod notifier;

use crate::cache::{Freshness, invalidation::InvalidationIndex, tag::CacheTag};
use crate::model::position::{chain::Revision, dispute::DisputeChange};
use ledger_events::missing_entry;
use notifier::Notifier;
pub use reader::FeedReader;
use replay::ReplayPages;
pub use subjects::EventSubject;
pub use tailer::Tailer;

/// One ledger entry, what it is about, and the changes that it caused, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub entry: ledger_entry::Model,
    pub change: Option<stance_change::Model>,
    pub subject: EventSubject,
    /// What it changed in the dispute about its relationship.
    pub dispute: Option<Box<DisputeChange>>,
    /// What it did to other statements, or to an earlier one; by statement.
    pub revisions: Box<[Revision]>,
}

impl Event {
    /// Bytes in memory.
    fn bytes(&self) -> usize {
        let entry = &self.entry;
        let change = self.change.as_ref();
        let dispute = self.dispute.as_ref().map_or(0, |dispute| {
            let pairs = dispute.rivals.len() + dispute.added.len() + dispute.removed.len();
            size_of::<DisputeChange>() + pairs * size_of::<(i64, i64)>()
        });
        EVENT_BYTES
            + entry.payload.capacity()
            + change.map_or(0, |_| CHANGE_BYTES)
            + dispute
            + size_of_val(&*self.revisions)
    }
}

/// Bytes of an event besides its payload: two rows, and their short texts and hashes.
const EVENT_BYTES: usize = size_of::<Event>() + 384;
/// Bytes of the texts of a stance change.
const CHANGE_BYTES: usize = 224;

/// Handle of the feed. Clones share one ring buffer and one tailer.
#[derive(Clone)]
pub struct Feed {
    database: Database,
    generation: Arc<str>,
    /// The hash before the first entry.
    genesis: Arc<str>,
    /// Seq and hash of the head at which the tailer started: until the next entry, every subscriber starts there.
    origin: (i64, Arc<str>),
    ring_buffer: Arc<ring_buffer::RingBuffer>,
    replay: Arc<ReplayPages>,
    invalidation: Arc<InvalidationIndex>,
    read_model: ReadModel,
    notifier: Notifier,
    head: watch::Receiver<i64>,
    /// See [`Feed::newest_applied`].
    newest_applied: Arc<AtomicI64>,
    reads: Arc<RepeatedFailure>,
}

/// Events per page of a replay.
const PAGE_SIZE: u8 = 100;

/// Consecutive events, ascending, and the index of the next one to return. Readers of one page share the events.
struct EventPage {
    events: Arc<Vec<Arc<Event>>>,
    next_index: usize,
}

impl EventPage {
    /// The events after `seq`.
    fn new(events: Arc<Vec<Arc<Event>>>, seq: i64) -> Self {
        let next_index = events.partition_point(|event| event.entry.seq <= seq);
        Self { events, next_index }
    }

    fn is_empty(&self) -> bool {
        self.next_index == self.events.len()
    }

    fn next(&mut self) -> Option<Arc<Event>> {
        let event = self.events.get(self.next_index)?;
        self.next_index += 1;
        Some(Arc::clone(event))
    }
}

impl Feed {
    /// The seq up to which the tailer has read.
    pub fn head(&self) -> i64 {
        *self.head.borrow()
    }

    /// Seq of the newest entry that the read model may include: ahead of the head while the tailer applies entries.
    pub fn newest_applied(&self) -> i64 {
        self.newest_applied.load(Ordering::Acquire)
    }

    /// Whether the tailer's last read of the ledger failed.
    pub fn is_failing(&self) -> bool {
        self.reads.is_failing()
    }

    /// A receiver of every new head.
    pub fn watch_head(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    /// The cache tags that entries after `seq` changed; `None` if anything may have been changed.
    pub fn changed_since(&self, seq: i64) -> Option<HashSet<CacheTag>> {
        self.invalidation.changed_since(seq)
    }

    /// The read model; at least as new as the head.
    pub fn read_model(&self) -> &ReadModel {
        &self.read_model
    }

    /// Loads the histories of some subjects before all are loaded.
    /// # Errors
    /// `Error::Internal` if the database cannot answer.
    pub async fn load_histories_of(&self, subjects: &[HistoryKey]) -> Result<()> {
        let facts = fact_pages::load_subjects(self.database.tail_connection(), subjects).await?;
        self.read_model.complete_subjects(subjects, facts)
    }

    pub fn generation(&self) -> &str {
        &self.generation
    }

    pub fn genesis(&self) -> &str {
        &self.genesis
    }

    /// Returns when the tailer has read up to `seq`, or when the feed has stopped.
    pub async fn wait_for(&self, seq: i64) {
        let mut head = self.head.clone();
        drop(head.wait_for(|head| *head >= seq).await);
    }

    /// The notifier, with which listeners register for new events.
    pub fn notifier(&self) -> &Notifier {
        &self.notifier
    }

    /// The next page of events after `seq`; at least one must exist.
    async fn page_after(self, seq: i64) -> Result<EventPage> {
        let page = self.replay.page_after(seq).await?;
        if page.is_empty() {
            return Err(missing_entry(seq + 1));
        }
        Ok(page)
    }

    /// Yields when the head has moved, once for any number of entries; for readers that need the newest state only.
    pub fn head_changes(self) -> impl Stream<Item = Result<()>> + Send + 'static {
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

    fn is_valid(&self, tags: &[CacheTag], seq: i64) -> bool {
        self.invalidation.is_valid(tags, seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::empty_entry;

    /// An event without content; `change` names the requested state and the initiative of its stance change.
    pub(super) fn event(seq: i64, change: Option<(&str, i64)>) -> Event {
        let entry = empty_entry(seq);
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
        Event {
            entry,
            change,
            subject: EventSubject::default(),
            dispute: None,
            revisions: Box::default(),
        }
    }
}
