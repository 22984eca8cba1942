//! The one reader of the ledger's end: own commits and other processes' alike.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::notifier::Doorbells;
use super::replay::History;
use super::ring_buffer::Ring;
use super::{Feed, effects, load};
use crate::cache::invalidation::Touched;
use crate::database::Database;
use crate::error::Result;
use crate::ledger::{hash, head};
use crate::read_model::Board;

/// Before the ledger is read again that could not be read.
const AGAIN: Duration = Duration::from_millis(50);

/// Reads the ledger by seq from where it stood at the start, and moves the head for subscribers.
pub struct Tailer {
    database: Database,
    ring: Arc<Ring>,
    touched: Arc<Touched>,
    board: Board,
    doorbells: Doorbells,
    head: watch::Sender<i64>,
    written: Arc<Notify>,
}

impl Tailer {
    /// Starts at the ledger's head; `written` rings after own commits.
    pub async fn start(database: Database, written: Arc<Notify>) -> Result<(Feed, JoinHandle<()>)> {
        let now = head::load(database.reader()).await?;
        let (sender, receiver) = watch::channel(now.seq);
        let ring = Arc::new(Ring::default());
        let touched = Arc::new(Touched::default());
        // After the head was read: what comes meanwhile is read again.
        let board = Board::default();
        board.load(database.reader()).await?;
        let doorbells = Doorbells::default();
        let feed = Feed {
            database: database.clone(),
            generation: now.generation.into(),
            genesis: hash::genesis(&now.origin).into(),
            origin: (now.seq, now.hash.into()),
            ring: Arc::clone(&ring),
            history: Arc::new(History::new(database.clone())),
            touched: Arc::clone(&touched),
            board: board.clone(),
            doorbells: doorbells.clone(),
            head: receiver,
        };
        let tailer = Self {
            database,
            ring,
            touched,
            board,
            doorbells,
            head: sender,
            written,
        };
        Ok((feed, tokio::spawn(tailer.run())))
    }

    /// Runs until it is aborted. Errors are logged and tried again: a reader that fails must not end the feed.
    async fn run(self) {
        let mut doorbell = self.database.doorbell();
        loop {
            let bell = self.written.notified();
            if let Err(error) = self.read().await {
                tracing::error!(cause = %error.causes(), "the feed could not read the ledger; trying again");
                tokio::time::sleep(AGAIN).await;
            }
            tokio::select! {
                () = bell => {}
                () = doorbell.rung() => {}
            }
        }
    }

    /// Takes everything after the head, up to a hole.
    async fn read(&self) -> Result<()> {
        loop {
            let last = *self.head.borrow();
            let events = load(self.database.watcher(), last).await?;
            let Some(newest) = events.last().map(|event| event.entry.seq) else {
                return Ok(());
            };
            let touches = effects::load(self.database.watcher(), &events).await?;
            if touches.tags.contains(&None) {
                // A newer version's entry may have changed any row.
                self.board.load(self.database.watcher()).await?;
            } else {
                let (initiatives, relationships) = (touches.initiatives, touches.relationships);
                self.board.put(initiatives, relationships);
            }
            // After the board: who reads it now takes an entry that is not noted yet for one to come.
            for (event, tags) in events.iter().zip(touches.tags) {
                match tags {
                    Some(tags) => self.touched.note(event.entry.seq, tags),
                    None => self.touched.note_unknown(event.entry.seq),
                }
                self.ring.push(event.clone());
            }
            self.head.send_replace(newest);
            // Last of all: whoever is woken finds the events.
            for event in &events {
                self.doorbells.ring(event);
            }
        }
    }
}
