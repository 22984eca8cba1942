//! Lists of stance changes that match a filter, found in memory; SQL is asked only for the rows that are shown.

use super::LoaderContext;
use super::seq_range::SeqRange;
use super::stance_change::ChangeFilter;
use super::work_budget::SCANNED_ROWS;
use crate::cache::tag::CacheTag;
use crate::error::Result;
use crate::graphql::pagination::{Page, PageSlice};

/// The changes that match, in ledger order. The read model has all changes.
#[derive(Clone, Debug)]
pub struct FilteredChanges(pub ChangeFilter);

/// Changes that are checked under one lock, before other tasks have their turn: about a quarter of a millisecond.
const CHUNK: usize = 65_536;
/// The first chunk of a page; the next are twice as large.
const FIRST_CHUNK: usize = 256;

impl FilteredChanges {
    /// The seqs on one page.
    /// # Errors
    /// `Error::TooComplex` if it would take long.
    pub async fn page(&self, context: &LoaderContext, page: &Page) -> Result<PageSlice<i64>> {
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let seqs = self.scan(context, page, size.saturating_add(1)).await?;
        Ok(page.trim(seqs))
    }

    /// The number of changes.
    /// # Errors
    /// As [`FilteredChanges::page`].
    pub async fn count(&self, context: &LoaderContext) -> Result<usize> {
        let seqs = self.scan(context, &Page::whole(), usize::MAX).await?;
        Ok(seqs.len())
    }

    /// At most `limit` seqs between the cursors of a page, in scan order.
    async fn scan(&self, context: &LoaderContext, page: &Page, limit: usize) -> Result<Vec<i64>> {
        context.record_tags(self.tags());
        // The load after the start may be ahead of the feed.
        let newest = context
            .pin()
            .map_or_else(|| context.newest_applied(), |pin| pin.seq);
        let newest = newest.min(self.0.last_seq.unwrap_or(i64::MAX));
        let mut range = SeqRange::new(page, newest);
        let (conditions, mut seqs) = (self.0.conditions(), Vec::new());
        let mut size = FIRST_CHUNK;
        while let Some(rest) = range.rest().filter(|_| seqs.len() < limit) {
            let scan = context
                .read_model()
                .scan_changes(rest, range.backward, size, &conditions);
            context.work().spend(scan.checked as u64 / SCANNED_ROWS)?;
            seqs.extend(scan.found);
            range.pass(scan.last);
            size = (size * 2).min(CHUNK);
            tokio::task::yield_now().await;
        }
        seqs.truncate(limit);
        Ok(seqs)
    }

    /// An entry that adds a change invalidates one of these.
    fn tags(&self) -> Vec<CacheTag> {
        match (self.0.initiatives(), self.0.countries()) {
            (Some(ids), _) => ids.iter().map(|id| CacheTag::Initiative(*id)).collect(),
            (None, Some(codes)) => codes.iter().map(|code| CacheTag::country(code)).collect(),
            (None, None) => vec![CacheTag::Any],
        }
    }
}
