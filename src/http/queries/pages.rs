//! The pages of a list, one after the other: the edges of `page { pageInfo { hasNextPage endCursor } edges }`.

use serde_json::Value;

use super::{
    error::QueryError,
    pinned_query::{PinnedQuery, RateLimit},
};

/// Items of a page, at most what the API allows.
const PAGE_SIZE: u32 = 100;

pub(crate) struct Pages {
    pub(crate) query: PinnedQuery,
    document: &'static str,
    /// Besides `first` and `after`.
    variables: Value,
    after: Option<String>,
    /// Smaller after a page that would have cost too much.
    size: u32,
    is_complete: bool,
}

impl Pages {
    pub(crate) fn new(query: PinnedQuery, document: &'static str, variables: Value) -> Self {
        Self {
            // Before the first entry there is nothing.
            is_complete: query.seq == 0,
            query,
            document,
            variables,
            after: None,
            size: PAGE_SIZE,
        }
    }

    /// The edges of the next page; `None` after the last one.
    /// # Errors
    /// Those of [`PinnedQuery::execute`].
    pub(crate) async fn next(
        &mut self,
        rate_limit: RateLimit,
    ) -> Result<Option<Vec<Value>>, QueryError> {
        if self.is_complete {
            return Ok(None);
        }
        let mut data = loop {
            self.variables["first"] = self.size.into();
            self.variables["after"] = self.after.clone().into();
            let page = self
                .query
                .execute(self.document, &self.variables, rate_limit);
            match page.await {
                Err(error) if error.code() == "QUERY_TOO_COMPLEX" && self.size > 1 => {
                    self.size /= 2;
                }
                page => break page?,
            }
        };
        let end = &data["page"]["pageInfo"]["endCursor"];
        self.after = end.as_str().map(str::to_owned);
        self.is_complete = data["page"]["pageInfo"]["hasNextPage"] != true;
        match data["page"]["edges"].take() {
            Value::Array(edges) => Ok(Some(edges)),
            other => Err(QueryError::unexpected_data(&format!("edges: {other}"))),
        }
    }
}
