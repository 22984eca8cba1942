//! Older events, in pages that all who read there share: however many replay, each page is in memory once.
//!
//! Those who replay take turns at the database, so that together they keep one of its readers busy and leave the others
//! to those who ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Semaphore;

use super::{Event, PAGE, Page, load};
use crate::database::Database;
use crate::error::Result;

pub(super) struct History {
    database: Database,
    /// By number: page 0 begins with the first entry. Gone once nobody reads there.
    pages: Mutex<HashMap<i64, Weak<Vec<Arc<Event>>>>>,
    turn: Semaphore,
}

impl History {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            pages: Mutex::default(),
            turn: Semaphore::new(1),
        }
    }

    /// What follows `seq`, up to the end of its page or of the ledger; empty if nothing does.
    pub(super) async fn after(&self, seq: i64) -> Result<Page> {
        if let Some(page) = self.find(seq) {
            return Ok(page);
        }
        let _turn = self.turn.acquire().await;
        // Somebody may have read it meanwhile.
        if let Some(page) = self.find(seq) {
            return Ok(page);
        }
        let number = number(seq);
        let events = self.load(number * i64::from(PAGE)).await;
        let page = Page::new(Arc::new(events.unwrap_or_default()), seq);
        if page.is_empty() {
            // Nothing is there, or the page is damaged before that place: then the error is of what was asked for.
            return Ok(Page::new(Arc::new(self.load(seq).await?), seq));
        }
        let mut pages = self.lock();
        pages.retain(|_, page| page.strong_count() > 0);
        pages.insert(number, Arc::downgrade(&page.events));
        Ok(page)
    }

    fn find(&self, seq: i64) -> Option<Page> {
        let events = self.lock().get(&number(seq))?.upgrade()?;
        // The ledger's last page may have been read when it was shorter.
        Some(Page::new(events, seq)).filter(|page| !page.is_empty())
    }

    async fn load(&self, seq: i64) -> Result<Vec<Arc<Event>>> {
        let events = load(self.database.reader(), seq).await?;
        Ok(events.into_iter().map(Arc::new).collect())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Weak<Vec<Arc<Event>>>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of the page that holds what follows.
fn number(seq: i64) -> i64 {
    seq / i64::from(PAGE)
}

#[cfg(test)]
mod tests {
    use entity::ledger_entry;
    use sea_orm::{ActiveModelTrait, IntoActiveModel};

    use super::*;
    use crate::database::Missing;

    /// A ledger of so many entries.
    async fn history(entries: i64) -> (tempfile::TempDir, History) {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db", directory.path().display());
        let database = Database::open(&url, Missing::Make).await.unwrap();
        record(&database, 1..=entries).await;
        (directory, History::new(database))
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

    fn seqs(mut page: Page) -> Vec<i64> {
        std::iter::from_fn(|| page.next())
            .map(|event| event.entry.seq)
            .collect()
    }

    #[tokio::test]
    async fn whoever_reads_at_the_same_place_shares_the_page() {
        let (_directory, history) = history(250).await;
        let first = history.after(0).await.unwrap();
        let second = history.after(30).await.unwrap();
        assert!(Arc::ptr_eq(&first.events, &second.events));
        assert_eq!(history.database.statements(), 2);
        drop((first, second));
        assert_eq!(
            seqs(history.after(30).await.unwrap()),
            (31..=100).collect::<Vec<_>>()
        );
        assert_eq!(history.database.statements(), 4);
    }

    #[tokio::test]
    async fn the_last_page_grows() {
        let (_directory, history) = history(210).await;
        let short = history.after(200).await.unwrap();
        assert!(history.after(210).await.unwrap().is_empty());
        record(&history.database, 211..=220).await;
        assert_eq!(
            seqs(history.after(210).await.unwrap()),
            (211..=220).collect::<Vec<_>>()
        );
        assert_eq!(seqs(short), (201..=210).collect::<Vec<_>>());
    }
}
