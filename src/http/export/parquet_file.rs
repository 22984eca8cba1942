//! The file of a table as Parquet: a row group is written as soon as it is full, so memory does not grow with the table.

use std::sync::Arc;

use parquet::{
    basic::Compression,
    errors::ParquetError,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
};

use super::{
    column::Column,
    parquet_columns::{ColumnValues, columns_of, schema},
    table::Table,
};
use crate::http::queries::{
    error::QueryError,
    pages::Pages,
    parameters::Parameters,
    pinned_query::{PinnedQuery, RateLimit},
};

/// Rows of a row group, about 5 MB in memory.
const GROUP_ROWS: usize = 4_000;

pub(super) struct ParquetFile {
    table: &'static Table,
    parameters: Parameters,
    pages: Pages,
    columns: Vec<ColumnValues>,
    /// Rows that are not yet written.
    rows: usize,
    /// `None` before the first part.
    writer: Option<SerializedFileWriter<Vec<u8>>>,
    is_complete: bool,
}

impl ParquetFile {
    pub(super) fn new(query: PinnedQuery, table: &'static Table, parameters: Parameters) -> Self {
        Self {
            table,
            pages: table.pages(query, &parameters),
            parameters,
            columns: columns_of(table.cells()),
            rows: 0,
            writer: None,
            is_complete: false,
        }
    }

    /// The next part of the file; `None` at its end.
    pub(super) async fn next(
        &mut self,
        rate_limit: RateLimit,
    ) -> Result<Option<Vec<u8>>, QueryError> {
        if self.is_complete {
            return Ok(None);
        }
        if self.writer.is_none() {
            self.writer = Some(self.start().map_err(|error| failed(&error))?);
        }
        loop {
            let edges = self.pages.next(rate_limit).await?;
            self.is_complete = edges.is_none();
            let part = self.add(edges.unwrap_or_default());
            let part = part.map_err(|error| failed(&error))?;
            if !part.is_empty() {
                return Ok(Some(part));
            }
        }
    }

    fn start(&self) -> Result<SerializedFileWriter<Vec<u8>>, ParquetError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("demarche {}", env!("CARGO_PKG_VERSION")))
            .build();
        SerializedFileWriter::new(Vec::new(), schema(&self.columns)?, Arc::new(properties))
    }

    /// Adds the rows of a page, and returns the bytes that are ready.
    fn add(&mut self, edges: Vec<serde_json::Value>) -> Result<Vec<u8>, ParquetError> {
        let mut rows = Vec::new();
        let public_url = &self.pages.query.app().public_url;
        for edge in edges {
            let context = (&self.parameters, public_url.as_str());
            self.table
                .write_rows(&edge, context, Column::write, &mut rows);
        }
        for row in &rows {
            for column in &mut self.columns {
                column.push(row)?;
            }
        }
        self.rows += rows.len();
        if self.rows >= GROUP_ROWS || (self.is_complete && self.rows > 0) {
            self.write_group()?;
        }
        let Some(writer) = &mut self.writer else {
            return Ok(Vec::new());
        };
        if self.is_complete {
            writer.finish()?;
        }
        writer.flush()?;
        Ok(std::mem::take(writer.inner_mut()))
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let mut group = writer.next_row_group()?;
        for column in &mut self.columns {
            let next = group.next_column()?;
            let mut next = next.ok_or_else(|| ParquetError::General("too many columns".into()))?;
            column.write(next.untyped())?;
            next.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

fn failed(error: &ParquetError) -> QueryError {
    QueryError::unexpected_data(&error.to_string())
}
