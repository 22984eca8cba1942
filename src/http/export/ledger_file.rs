//! The ledger in the format of `demarche export`, up to the pinned entry: enough to check the hash chain and to restore it. A
//! delta has the lines of some entries only, without header and footer.

use crate::graphql::loaders::work_budget::{FACTS_PER_UNIT, SQL_ROW, SQL_STATEMENT};
use crate::http::{
    queries::{
        error::QueryError,
        pinned_query::{PinnedQuery, RateLimit},
    },
    response::error::HttpError,
};
use crate::ledger::{export, head};

/// Entries that are read and sent at a time.
const PAGE_SIZE: u32 = 200;

pub(super) struct LedgerFile {
    query: PinnedQuery,
    /// The entry after which a delta starts.
    delta_from: Option<i64>,
    /// Seq and hash of the last entry that was written; `None` at the start.
    last: Option<(i64, String)>,
    is_complete: bool,
}

impl LedgerFile {
    pub(super) fn new(query: PinnedQuery) -> Self {
        Self {
            query,
            delta_from: None,
            last: None,
            is_complete: false,
        }
    }

    /// The entries after `from`, which is before the pinned one.
    pub(super) fn delta(query: PinnedQuery, from: i64) -> Self {
        Self {
            delta_from: Some(from),
            ..Self::new(query)
        }
    }

    /// The next lines; `None` at the end.
    pub(super) async fn next(
        &mut self,
        rate_limit: RateLimit,
    ) -> Result<Option<Vec<u8>>, QueryError> {
        if self.is_complete {
            return Ok(None);
        }
        self.query.charge(page_cost(), rate_limit).await?;
        let db = self.query.app().database.reader_at(self.query.seq);
        let mut lines = Vec::new();
        if self.last.is_none() && self.query.seq > 0 {
            self.query.check_pin(rate_limit).await?;
        }
        let start = self.delta_from.map(|from| (from, String::new()));
        let Some((seq, hash)) = self.last.take().or(start) else {
            let head = head::load_head(db).await.map_err(|error| failed(&error))?;
            let genesis = crate::ledger::hash::genesis(&head.origin);
            export::write_header(&mut lines, head.origin).map_err(|error| failed(&error))?;
            self.last = Some((0, genesis));
            return Ok(Some(lines));
        };
        if seq >= self.query.seq {
            self.is_complete = true;
            if self.delta_from.is_some() {
                return Ok(None);
            }
            export::write_footer(&mut lines, seq, hash).map_err(|error| failed(&error))?;
            return Ok(Some(lines));
        }
        let page = export::load_page(db, seq, self.query.seq, PAGE_SIZE.into()).await;
        for entry in page.map_err(|error| failed(&error))? {
            self.last = Some((entry.seq, entry.hash.clone()));
            export::write_entry(&mut lines, entry).map_err(|error| failed(&error))?;
        }
        Ok(Some(lines))
    }
}

/// Cost of a page, as the same page of the API is charged.
fn page_cost() -> u32 {
    let work = (SQL_STATEMENT + u64::from(PAGE_SIZE) * SQL_ROW) / FACTS_PER_UNIT;
    u32::try_from(work).unwrap_or(u32::MAX)
}

fn failed(error: &crate::error::Error) -> QueryError {
    tracing::error!(cause = %error.cause_chain(), "the export of the ledger failed");
    HttpError::from(error).into()
}
