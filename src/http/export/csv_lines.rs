//! Lines of a CSV file (RFC 4180): comma, CRLF, quotes where they are needed, UTF-8 without a byte order mark.

use csv::{Terminator, WriterBuilder};

use crate::http::queries::error::QueryError;

/// # Errors
/// 500 if a row has another number of cells than the others.
pub(in crate::http) fn csv_lines(rows: &[Vec<String>]) -> Result<Vec<u8>, QueryError> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        let written = writer.write_record(row);
        written.map_err(|error| QueryError::unexpected_data(&error.to_string()))?;
    }
    let lines = writer.into_inner();
    lines.map_err(|error| QueryError::unexpected_data(&error.to_string()))
}
