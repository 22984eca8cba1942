//! Where one subscriber reads: the newest events from the ring, older ones by the page.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::{FutureExt, future::BoxFuture};

use super::{Event, Feed, Page};
use crate::error::{Error, Result};

/// A place in the ledger, and what of the page there was not taken yet.
pub struct Reader {
    /// Of the last event that was taken.
    seq: i64,
    page: Option<Page>,
    /// Made only for those who are behind: most are not, and there are many.
    loading: Option<BoxFuture<'static, Result<Page>>>,
}

impl Reader {
    /// What comes after `seq`.
    pub fn new(seq: i64) -> Self {
        Self {
            seq,
            page: None,
            loading: None,
        }
    }

    /// Of the last event that was taken or skipped.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Nothing up to `seq` is of interest. Only between events, after [`Reader::poll_next`] had none.
    pub fn skip(&mut self, seq: i64) {
        self.seq = self.seq.max(seq);
    }

    /// The next event, each once, in order; none if there is none up to `until`, to where the feed must have come. Waits
    /// for the database only.
    /// # Errors
    /// `Error::Internal` if the next entry cannot be read; whoever goes on after that leaves a gap.
    pub fn poll_next(
        &mut self,
        feed: &Feed,
        until: i64,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Arc<Event>>>> {
        loop {
            if let Some(event) = self.page.as_mut().and_then(Page::next) {
                self.seq = event.entry.seq;
                return Poll::Ready(Some(Ok(event)));
            }
            self.page = None;
            if let Some(loading) = &mut self.loading {
                let page = ready!(loading.poll_unpin(cx));
                self.loading = None;
                match page {
                    Ok(page) => self.page = Some(page),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
                continue;
            }
            if self.seq >= until {
                return Poll::Ready(None);
            }
            if let Some(event) = feed.ring.find(self.seq + 1) {
                self.seq = event.entry.seq;
                return Poll::Ready(Some(Ok(event)));
            }
            self.loading = Some(load(feed, self.seq));
        }
    }
}

/// In a task of its own: those who replay take turns, and whoever is not polled, because its peer reads nothing, would
/// keep its turn.
fn load(feed: &Feed, seq: i64) -> BoxFuture<'static, Result<Page>> {
    let loading = tokio::spawn(feed.clone().page(seq));
    let page = async {
        loading
            .await
            .unwrap_or_else(|error| Err(Error::internal(error)))
    };
    page.boxed()
}
