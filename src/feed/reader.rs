//! Feed reader: the position of one subscriber. It reads the newest events from the ring buffer and older ones by the page.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::{FutureExt, future::BoxFuture};

use super::{Event, EventPage, Feed};
use crate::error::{Error, Result};

/// A position in the ledger, with the rest of the current page.
pub struct FeedReader {
    /// Seq of the last event that was returned.
    seq: i64,
    page: Option<EventPage>,
    /// Boxed, because only readers that are behind load pages, and most of the many readers are not.
    loading: Option<BoxFuture<'static, Result<EventPage>>>,
}

impl FeedReader {
    /// Starts after `seq`.
    pub fn new(seq: i64) -> Self {
        Self {
            seq,
            page: None,
            loading: None,
        }
    }

    /// Seq of the last event that was returned or skipped.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Skips the events up to `seq`. Allowed only after [`FeedReader::poll_next`] returned `None`.
    pub fn skip(&mut self, seq: i64) {
        self.seq = self.seq.max(seq);
    }

    /// The next event, each once, in order; `None` if there is none up to `until`, which the feed must have reached. It is
    /// pending only while a page is loaded.
    /// # Errors
    /// `Error::Internal` if the next entry cannot be read; a reader that continues after it leaves a gap.
    pub fn poll_next(
        &mut self,
        feed: &Feed,
        until: i64,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Arc<Event>>>> {
        loop {
            if let Some(event) = self.page.as_mut().and_then(EventPage::next) {
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
            if let Some(event) = feed.ring_buffer.find(self.seq + 1) {
                self.seq = event.entry.seq;
                return Poll::Ready(Some(Ok(event)));
            }
            self.loading = Some(load_page(feed, self.seq));
        }
    }
}

/// Runs in a separate task: replays take turns at the database, and a reader that is not polled, because its client does not
/// read, would hold its permit.
fn load_page(feed: &Feed, seq: i64) -> BoxFuture<'static, Result<EventPage>> {
    let loading = tokio::spawn(feed.clone().page_after(seq));
    let page = async {
        loading
            .await
            .unwrap_or_else(|error| Err(Error::internal(error)))
    };
    page.boxed()
}
