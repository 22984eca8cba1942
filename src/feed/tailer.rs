//! Tailer: the only reader of the ledger's end. It reads new entries of this and other processes, updates the read model, the
//! cache tags and the ring buffer, moves the head, and notifies listeners, in this order.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

use super::effects::EntryEffects;
use super::ledger_events::{events_of_group, load_events};
use super::notifier::Notifier;
use super::replay::ReplayPages;
use super::ring_buffer::RingBuffer;
use super::{Event, Feed, change_pages, history_loader, revisions};
use crate::cache::invalidation::InvalidationIndex;
use crate::database::Database;
use crate::error::Result;
use crate::ledger::{commit_queue::CommitQueue, hash, head};
use crate::read_model::ReadModel;
use crate::telemetry::repeated_failure::RepeatedFailure;

/// Between two attempts to read the ledger after an error.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// Reads the ledger by seq from the head at the start, and moves the feed's head.
pub struct Tailer {
    database: Database,
    ring_buffer: Arc<RingBuffer>,
    invalidation: Arc<InvalidationIndex>,
    read_model: ReadModel,
    notifier: Notifier,
    head: watch::Sender<i64>,
    /// See [`Feed::newest_applied`].
    newest_applied: Arc<AtomicI64>,
    commits: Arc<CommitQueue>,
    reads: Arc<RepeatedFailure>,
    /// Stopped with the tailer.
    _history_loader: AbortOnDropHandle<()>,
}

impl Tailer {
    /// Starts at the ledger's head; `commits` are those of this process.
    pub async fn start(
        database: Database,
        commits: Arc<CommitQueue>,
    ) -> Result<(Feed, JoinHandle<()>)> {
        let ledger_head = head::load_head(database.reader()).await?;
        let (head_sender, head_receiver) = watch::channel(ledger_head.seq);
        let ring_buffer = Arc::new(RingBuffer::default());
        let invalidation = Arc::new(InvalidationIndex::starting_at(ledger_head.seq));
        // Loaded after the head: entries that are committed in between are applied again.
        let read_model = ReadModel::default();
        read_model.load(database.reader()).await?;
        let newest_applied = Arc::new(AtomicI64::new(ledger_head.seq));
        let notifier = Notifier::default();
        let reads = Arc::new(RepeatedFailure::new("the feed's reads of the ledger"));
        let feed = Feed {
            database: database.clone(),
            generation: ledger_head.generation.into(),
            genesis: hash::genesis(&ledger_head.origin).into(),
            origin: (ledger_head.seq, ledger_head.hash.into()),
            ring_buffer: Arc::clone(&ring_buffer),
            replay: Arc::new(ReplayPages::new(
                database.clone(),
                read_model.clone(),
                head_receiver.clone(),
            )),
            invalidation: Arc::clone(&invalidation),
            read_model: read_model.clone(),
            notifier: notifier.clone(),
            head: head_receiver,
            newest_applied: Arc::clone(&newest_applied),
            reads: Arc::clone(&reads),
        };
        let loader = history_loader::load_histories(database.clone(), read_model.clone());
        let tailer = Self {
            _history_loader: AbortOnDropHandle::new(tokio::spawn(loader)),
            database,
            ring_buffer,
            invalidation,
            read_model,
            notifier,
            head: head_sender,
            newest_applied,
            commits,
            reads,
        };
        Ok((feed, tokio::spawn(tailer.run())))
    }

    /// Runs until it is aborted. An error is logged once and the read is retried: a failed read must not stop the feed.
    async fn run(self) {
        let mut commit_listener = self.database.commit_listener();
        loop {
            let commit = self.commits.committed();
            match self.read_entries().await {
                Ok(()) => self.reads.ends(),
                Err(error) => {
                    if self.reads.begins() {
                        tracing::error!(cause = %error.cause_chain(), "the feed failed to read the ledger; retrying");
                    }
                    tokio::time::sleep(RETRY_DELAY).await;
                }
            }
            tokio::select! {
                () = commit => {}
                () = commit_listener.wait() => {}
            }
        }
    }

    /// Publishes every entry after the head, up to a gap.
    async fn read_entries(&self) -> Result<()> {
        loop {
            let seq = *self.head.borrow();
            let group = self.commits.take_after(seq);
            let is_handed_over = group.is_some();
            let (mut events, effects) = match group {
                Some(group) => events_of_group(group)?,
                None => self.load_next(seq).await?,
            };
            let Some(newest) = events.last().map(|event| event.entry.seq) else {
                return Ok(());
            };
            self.newest_applied.store(newest, Ordering::Release);
            if effects.tags.contains(&None) {
                // An entry of a newer version may have changed any row, and any fact.
                self.read_model
                    .load(self.database.tail_connection())
                    .await?;
                let db = self.database.tail_connection();
                history_loader::reload_histories(db, &self.read_model).await?;
                // Its claimant is in the database only.
                let mut last_change = seq;
                change_pages::load_after(db, &self.read_model, &mut last_change).await?;
            } else {
                let (initiatives, relationships) = (effects.initiatives, effects.relationships);
                self.read_model.upsert(initiatives, relationships);
            }
            self.read_model.merge_facts(effects.facts)?;
            self.read_model.merge_reviews(&effects.reviews)?;
            let changes: Vec<_> = events.iter().filter_map(change_pages::facets_of).collect();
            self.read_model.merge_changes(&changes);
            let db = self.database.tail_connection();
            revisions::add_effects_on_statements(db, &self.read_model, &mut events).await?;
            // After the read model: a value that was computed from it meanwhile has the old head, and is invalidated here.
            for (event, tags) in events.iter().zip(effects.tags) {
                match tags {
                    Some(tags) => self.invalidation.record(event.entry.seq, tags),
                    None => self.invalidation.invalidate_all(event.entry.seq),
                }
                self.ring_buffer.push(event.clone());
            }
            self.head.send_replace(newest);
            // Last: a listener that is woken finds the events.
            for event in &events {
                self.notifier.notify(event);
            }
            // Entries of other processes after it are announced by the commit listener.
            if is_handed_over && !self.commits.has_groups() {
                return Ok(());
            }
        }
    }

    /// The events after `seq` as the ledger has them, and their effects.
    async fn load_next(&self, seq: i64) -> Result<(Vec<Event>, EntryEffects)> {
        let db = self.database.tail_connection();
        let events = load_events(db, seq).await?;
        let effects = EntryEffects::load(db, &events).await?;
        Ok((events, effects))
    }
}
