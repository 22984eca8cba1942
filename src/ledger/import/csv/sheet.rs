//! The cells of one CSV file, as a spreadsheet program may have saved it: with a byte order mark, other separators, blank rows.

use std::collections::HashMap;

use super::CsvError;
use crate::model::csv_cell::with_formula;

/// Separators of programs; the one that the first line has most.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    columns: HashMap<String, usize>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    /// As a spreadsheet numbers it: the names of the columns are row 1.
    number: usize,
    cells: Vec<String>,
}

impl Sheet {
    /// # Errors
    /// The first error: after it, the ends of rows are unknown.
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, CsvError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let first = text.lines().next().unwrap_or_default();
        let count = |separator: &char| first.matches(*separator).count();
        let separator = SEPARATORS.into_iter().rev().max_by_key(count);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator.map_or(b',', |separator| separator as u8))
            .from_reader(text.as_bytes());
        let mut sheet = Self {
            name: name.to_owned(),
            columns: HashMap::new(),
            rows: Vec::new(),
        };
        for (index, record) in reader.records().enumerate() {
            let number = index + 1;
            let record = record.map_err(|error| sheet.error_at(number, None, error.to_string()))?;
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            if index == 0 {
                sheet.set_columns(cells)?;
            } else if cells.iter().any(|cell| !cell.is_empty()) {
                sheet.check_width(number, &cells)?;
                sheet.rows.push(Row { number, cells });
            }
        }
        Ok(sheet)
    }

    fn set_columns(&mut self, names: Vec<String>) -> Result<(), CsvError> {
        for (index, name) in names.into_iter().enumerate() {
            let name = name.trim().to_owned();
            if self.columns.insert(name.clone(), index).is_some() && !name.is_empty() {
                let message = format!("the column `{name}` is there twice");
                return Err(self.error_at(1, Some(&name), message));
            }
        }
        Ok(())
    }

    fn check_width(&self, number: usize, cells: &[String]) -> Result<(), CsvError> {
        let surplus = cells.iter().skip(self.columns.len());
        if surplus.clone().all(String::is_empty) {
            return Ok(());
        }
        let message = format!(
            "has {} cells, and there are {} columns; a text that contains the separator needs quotes",
            cells.len(),
            self.columns.len()
        );
        Err(self.error_at(number, None, message))
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// The indexes of the rows.
    pub(super) fn rows(&self) -> std::ops::Range<usize> {
        0..self.rows.len()
    }

    pub(super) fn number(&self, row: usize) -> usize {
        self.rows[row].number
    }

    /// A cell without the apostrophe that keeps a spreadsheet from running it; `None` if it is empty, or there is no such column.
    pub(super) fn cell(&self, row: usize, column: &str) -> Option<&str> {
        let cell = self.rows[row].cells.get(*self.columns.get(column)?)?;
        (!cell.trim().is_empty()).then(|| with_formula(cell))
    }

    /// The same for codes, dates and numbers, which spaces around them do not change.
    pub(super) fn code(&self, row: usize, column: &str) -> Option<&str> {
        self.cell(row, column).map(str::trim)
    }

    pub(super) fn error(&self, message: impl Into<String>) -> CsvError {
        CsvError::of_file(&self.name, message)
    }

    pub(super) fn error_in(
        &self,
        row: usize,
        column: &str,
        message: impl Into<String>,
    ) -> CsvError {
        self.error_at(self.number(row), Some(column), message)
    }

    fn error_at(
        &self,
        number: usize,
        column: Option<&str>,
        message: impl Into<String>,
    ) -> CsvError {
        CsvError::new(&self.name, number, column, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_spreadsheets_have_the_same_cells() {
        for text in [
            "a,b\r\n1,\"x,\ny\"\r\n",
            "\u{feff}a;b\n;\n1;\"x,\ny\"\n",
            "a\tb\t\t\n1\t\"x,\ny\"\t\t\n",
        ] {
            let sheet = Sheet::parse("f.csv", text).unwrap();
            let last = sheet.rows().last().unwrap();
            assert_eq!(sheet.cell(last, "a"), Some("1"), "{text}");
            assert_eq!(sheet.cell(last, "b"), Some("x,\ny"), "{text}");
            assert_eq!(sheet.cell(last, "c"), None);
        }
        let sheet = Sheet::parse("f.csv", "a;b\n;\n1;2\n").unwrap();
        assert_eq!(sheet.number(0), 3);
    }

    #[test]
    fn rows_that_cannot_be_read_are_errors() {
        let error = Sheet::parse("f.csv", "a,b\n1,2,3\n").unwrap_err();
        assert!(
            error.to_string().starts_with("f.csv: row 2: has 3 cells"),
            "{error}"
        );
        let error = Sheet::parse("f.csv", "a,a\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "f.csv: row 1, column a: the column `a` is there twice"
        );
    }
}
