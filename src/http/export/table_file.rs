//! The file of a table: the header row and the rows of each page.

use super::{column::Column, csv_lines::csv_lines, table::Table};
use crate::http::queries::{
    error::QueryError,
    pages::Pages,
    parameters::Parameters,
    pinned_query::{PinnedQuery, RateLimit},
};

pub(super) struct TableFile {
    table: &'static Table,
    parameters: Parameters,
    pages: Pages,
    is_started: bool,
}

impl TableFile {
    pub(super) fn new(query: PinnedQuery, table: &'static Table, parameters: Parameters) -> Self {
        Self {
            table,
            pages: table.pages(query, &parameters),
            parameters,
            is_started: false,
        }
    }

    /// The next part of the file; `None` at its end.
    pub(super) async fn next(
        &mut self,
        rate_limit: RateLimit,
    ) -> Result<Option<Vec<u8>>, QueryError> {
        let edges = self.pages.next(rate_limit).await?;
        let mut rows = Vec::new();
        if !self.is_started {
            self.is_started = true;
            let columns = self.table.columns.iter();
            rows.push(columns.flat_map(Column::headers).collect());
        } else if edges.is_none() {
            return Ok(None);
        }
        let public_url = &self.pages.query.app().public_url;
        for edge in edges.into_iter().flatten() {
            let context = (&self.parameters, public_url.as_str());
            let write_cells = Column::write_without_formulas;
            self.table
                .write_rows(&edge, context, write_cells, &mut rows);
        }
        csv_lines(&rows).map(Some)
    }
}
