//! Columns of a table: name, where its value stands in a node of a response, kind, and description.

use serde_json::Value;

use crate::model::csv_cell::{LIST_SEPARATOR, join_texts, without_formula};
use crate::model::{cursor::LedgerCursor, edtf::Edtf};

#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// JSON pointer into a node; several after `|`, of which the first with a value counts.
    pointer: &'static str,
    pub(super) kind: ColumnKind,
    pub(super) description: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Words of an editor or a source.
    Text,
    /// A code, a name of an enum or the name of a country: never the start of a formula.
    Code,
    Stance,
    Integer,
    Decimal,
    Boolean,
    Day,
    Instant,
    /// A date of a source, in four cells: its text, first and last possible day, and precision.
    Edtf,
    /// The seq of a ledger cursor.
    Entry,
    /// The permanent link of the statement with this number.
    StatementLink,
    /// One value of each item of the list at the pointer, at this pointer into the item.
    List(&'static str),
    /// The same for words, in which the separator may occur.
    TextList(&'static str),
}

/// What a cell holds, if it is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellType {
    Text,
    Stance,
    Integer,
    Boolean,
    Day,
    Instant,
}

impl Column {
    pub(super) const fn new(
        name: &'static str,
        pointer: &'static str,
        kind: ColumnKind,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            pointer,
            kind,
            description,
        }
    }

    /// Names in the header row, and what the cells below hold.
    pub(super) fn cells(&self) -> Vec<(String, CellType)> {
        let name = self.name;
        let cell = match self.kind {
            ColumnKind::Text
            | ColumnKind::Code
            | ColumnKind::Decimal
            | ColumnKind::Edtf
            | ColumnKind::StatementLink
            | ColumnKind::List(_)
            | ColumnKind::TextList(_) => CellType::Text,
            ColumnKind::Stance => CellType::Stance,
            ColumnKind::Integer | ColumnKind::Entry => CellType::Integer,
            ColumnKind::Boolean => CellType::Boolean,
            ColumnKind::Day => CellType::Day,
            ColumnKind::Instant => CellType::Instant,
        };
        let mut cells = vec![(name.to_owned(), cell)];
        if self.kind == ColumnKind::Edtf {
            let parts = [
                ("earliest", CellType::Day),
                ("latest", CellType::Day),
                ("precision", CellType::Text),
            ];
            cells.extend(parts.map(|(part, cell)| (format!("{name}_{part}"), cell)));
        }
        cells
    }

    /// Names in the header row.
    pub(super) fn headers(&self) -> Vec<String> {
        let cells = self.cells().into_iter();
        cells.map(|(name, _)| name).collect()
    }

    /// Appends the cells of a node for a spreadsheet, which runs formulas.
    pub(super) fn write_without_formulas(
        &self,
        node: &Value,
        public_url: &str,
        row: &mut Vec<String>,
    ) {
        let from = row.len();
        self.write(node, public_url, row);
        if matches!(
            self.kind,
            ColumnKind::Text | ColumnKind::List(_) | ColumnKind::TextList(_)
        ) {
            for cell in &mut row[from..] {
                *cell = without_formula(cell);
            }
        }
    }

    /// Appends the cells of a node.
    pub(super) fn write(&self, node: &Value, public_url: &str, row: &mut Vec<String>) {
        let value = self.value(node);
        match self.kind {
            ColumnKind::Text
            | ColumnKind::Code
            | ColumnKind::Stance
            | ColumnKind::Integer
            | ColumnKind::Decimal
            | ColumnKind::Boolean
            | ColumnKind::Day
            | ColumnKind::Instant => row.push(text_of(value)),
            ColumnKind::Edtf => row.extend(edtf_cells(value.and_then(Value::as_str))),
            ColumnKind::Entry => row.push(seq_of(value)),
            ColumnKind::StatementLink => row.push(match value {
                Some(number) => format!("{public_url}/statements/{}", text_of(Some(number))),
                None => String::new(),
            }),
            ColumnKind::List(pointer) => row.push(texts_of(value, pointer).join(LIST_SEPARATOR)),
            ColumnKind::TextList(pointer) => row.push(join_texts(&texts_of(value, pointer))),
        }
    }

    /// `None` instead of null.
    fn value<'v>(&self, node: &'v Value) -> Option<&'v Value> {
        let mut pointers = self.pointer.split('|');
        pointers.find_map(|pointer| node.pointer(pointer).filter(|value| !value.is_null()))
    }
}

/// The text at a pointer into each item of a list.
fn texts_of(list: Option<&Value>, pointer: &str) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.map(|item| text_of(item.pointer(pointer))).collect()
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn seq_of(cursor: Option<&Value>) -> String {
    let cursor = cursor.and_then(Value::as_str).and_then(LedgerCursor::parse);
    cursor.map_or_else(String::new, |cursor| cursor.seq.to_string())
}

/// Text, first day, last day and precision of a date; an open end is an empty cell.
fn edtf_cells(text: Option<&str>) -> [String; 4] {
    let Some(date) = text.and_then(|text| Edtf::parse(text).ok()) else {
        return [
            text.unwrap_or_default().to_owned(),
            String::new(),
            String::new(),
            String::new(),
        ];
    };
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    [
        date.as_str().to_owned(),
        day(date.earliest()),
        day(date.latest()),
        precision(date.as_str()).to_owned(),
    ]
}

/// The values of a `…_precision` column.
pub(super) const PRECISIONS: [&str; 4] = ["day", "month", "year", "interval"];

fn precision(edtf: &str) -> &'static str {
    let bare = edtf.trim_end_matches(['~', '?', '%']);
    match bare.len() {
        _ if edtf.contains('/') => "interval",
        4 => "year",
        7 => "month",
        _ => "day",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cells(kind: ColumnKind, value: &Value) -> Vec<String> {
        let mut row = Vec::new();
        let column = Column::new("x", "/y|/x", kind, "");
        column.write_without_formulas(
            &json!({ "x": value, "y": null }),
            "https://a.example",
            &mut row,
        );
        assert_eq!(row.len(), column.cells().len());
        row
    }

    #[test]
    fn a_date_has_its_bounds_and_precision() {
        for (text, expected) in [
            ("2025-03-12", ["2025-03-12", "2025-03-12", "day"]),
            ("2025-03~", ["2025-03-01", "2025-03-31", "month"]),
            ("2024%", ["2024-01-01", "2024-12-31", "year"]),
            ("2025-01/2025-06", ["2025-01-01", "2025-06-30", "interval"]),
            ("../2025-06-25", ["", "2025-06-25", "interval"]),
            ("2025-06-25?/..", ["2025-06-25", "", "interval"]),
        ] {
            let found = cells(ColumnKind::Edtf, &json!(text));
            assert_eq!(found[0], text);
            assert_eq!(found[1..], expected, "{text}");
            assert!(PRECISIONS.contains(&found[3].as_str()));
        }
        assert_eq!(cells(ColumnKind::Edtf, &Value::Null), ["", "", "", ""]);
    }

    #[test]
    fn only_words_that_a_spreadsheet_would_run_are_changed() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+41", "'+41"),
            ("-x", "'-x"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("a=1", "a=1"),
            ("'a", "'a"),
            ("", ""),
        ] {
            assert_eq!(cells(ColumnKind::Text, &json!(text)), [expected]);
            let list = json!([{ "z": text }]);
            assert_eq!(cells(ColumnKind::List("/z"), &list), [expected]);
        }
        assert_eq!(cells(ColumnKind::Integer, &json!(-3)), ["-3"]);
    }

    #[test]
    fn values_of_a_list_and_links_are_one_cell() {
        let list = json!([{ "z": "a" }, { "z": null }, { "z": "b" }]);
        assert_eq!(cells(ColumnKind::List("/z"), &list), ["a |  | b"]);
        let texts = json!([{ "z": "a | b" }, { "z": null }]);
        assert_eq!(cells(ColumnKind::TextList("/z"), &texts), [r"a \| b | "]);
        let link = cells(ColumnKind::StatementLink, &json!(7));
        assert_eq!(link, ["https://a.example/statements/7"]);
        assert_eq!(cells(ColumnKind::Boolean, &json!(true)), ["true"]);
    }
}
