//! Replay of older events in shared pages: each page is in memory once, for any number of readers.
//!
//! Replays take turns at the database, so that together they use one connection of the read pool and leave the others to
//! requests.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::{Semaphore, watch};

use super::ledger_events::load_events;
use super::revisions::add_effects_on_statements;
use super::{Event, EventPage, PAGE_SIZE};
use crate::database::Database;
use crate::error::Result;
use crate::read_model::ReadModel;

pub(super) struct ReplayPages {
    database: Database,
    read_model: ReadModel,
    head: watch::Receiver<i64>,
    /// By page number: page 0 starts with the first entry. Dropped when its last reader is.
    pages: Mutex<HashMap<i64, Weak<Vec<Arc<Event>>>>>,
    load_permit: Semaphore,
}

impl ReplayPages {
    /// `head` is the newest event whose facts the read model has.
    pub(super) fn new(
        database: Database,
        read_model: ReadModel,
        head: watch::Receiver<i64>,
    ) -> Self {
        Self {
            database,
            read_model,
            head,
            pages: Mutex::default(),
            load_permit: Semaphore::new(1),
        }
    }

    /// The events after `seq`, up to the end of its page or the head; empty if there are none.
    pub(super) async fn page_after(&self, seq: i64) -> Result<EventPage> {
        if let Some(page) = self.find(seq) {
            return Ok(page);
        }
        let _permit = self.load_permit.acquire().await;
        // Another reader may have loaded it meanwhile.
        if let Some(page) = self.find(seq) {
            return Ok(page);
        }
        let number = page_number(seq);
        let events = self.load(number * i64::from(PAGE_SIZE)).await;
        let page = EventPage::new(Arc::new(events.unwrap_or_default()), seq);
        if page.is_empty() {
            // There are no events, or the page is damaged before `seq`: the second load returns the error for `seq` itself.
            return Ok(EventPage::new(Arc::new(self.load(seq).await?), seq));
        }
        let mut pages = self.pages.lock();
        pages.retain(|_, page| page.strong_count() > 0);
        pages.insert(number, Arc::downgrade(&page.events));
        Ok(page)
    }

    fn find(&self, seq: i64) -> Option<EventPage> {
        let events = self.pages.lock().get(&page_number(seq))?.upgrade()?;
        // The ledger's last page may have been read when it was shorter.
        Some(EventPage::new(events, seq)).filter(|page| !page.is_empty())
    }

    async fn load(&self, seq: i64) -> Result<Vec<Arc<Event>>> {
        let mut events = load_events(self.database.reader(), seq).await?;
        let head = *self.head.borrow();
        events.retain(|event| event.entry.seq <= head);
        let db = self.database.tail_connection();
        add_effects_on_statements(db, &self.read_model, &mut events).await?;
        Ok(events.into_iter().map(Arc::new).collect())
    }
}

/// The page that contains the entry after `seq`.
fn page_number(seq: i64) -> i64 {
    seq / i64::from(PAGE_SIZE)
}

#[cfg(test)]
mod tests {
    use entity::ledger_entry;
    use sea_orm::{ActiveModelTrait, IntoActiveModel};

    use super::*;
    use crate::database::{IfMissing, Purpose};

    /// Replay of a ledger with this number of entries.
    async fn replay_of(entries: i64) -> (tempfile::TempDir, ReplayPages) {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db", directory.path().display());
        let database = Database::open(&url, IfMissing::Create, Purpose::Command)
            .await
            .unwrap();
        record(&database, 1..=entries).await;
        let (_, head) = watch::channel(i64::MAX);
        (
            directory,
            ReplayPages::new(database, ReadModel::default(), head),
        )
    }

    async fn record(database: &Database, seqs: std::ops::RangeInclusive<i64>) {
        let txn = crate::database::begin(database.writer()).await.unwrap();
        for seq in seqs {
            let entry = ledger_entry::Model {
                seq,
                kind: "SOURCE_REGISTERED".to_owned(),
                payload: "{}".to_owned(),
                actor: "test".to_owned(),
                idempotency_key: seq.to_string(),
                recorded_at: seq,
                prev_hash: format!("{:064}", seq - 1),
                hash: format!("{seq:064}"),
            };
            let entry = entry.into_active_model();
            entry.reset_all().insert(&txn).await.unwrap();
        }
        txn.commit().await.unwrap();
    }

    fn seqs(mut page: EventPage) -> Vec<i64> {
        std::iter::from_fn(|| page.next())
            .map(|event| event.entry.seq)
            .collect()
    }

    #[tokio::test]
    async fn readers_of_the_same_page_share_it() {
        let (_directory, replay) = replay_of(250).await;
        let first = replay.page_after(0).await.unwrap();
        let second = replay.page_after(30).await.unwrap();
        assert!(Arc::ptr_eq(&first.events, &second.events));
        assert_eq!(replay.database.sql_statements(), 2);
        drop((first, second));
        assert_eq!(
            seqs(replay.page_after(30).await.unwrap()),
            (31..=100).collect::<Vec<_>>()
        );
        assert_eq!(replay.database.sql_statements(), 4);
    }

    #[tokio::test]
    async fn the_last_page_grows() {
        let (_directory, replay) = replay_of(210).await;
        let short = replay.page_after(200).await.unwrap();
        assert!(replay.page_after(210).await.unwrap().is_empty());
        record(&replay.database, 211..=220).await;
        assert_eq!(
            seqs(replay.page_after(210).await.unwrap()),
            (211..=220).collect::<Vec<_>>()
        );
        assert_eq!(seqs(short), (201..=210).collect::<Vec<_>>());
    }
}
