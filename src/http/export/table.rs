//! A table: its document, parameters and columns. Its file, its schema and its documentation follow from them.

use serde_json::{Value, json};

use super::column::{CellType, Column};
use crate::http::queries::{
    pages::Pages,
    parameters::{Parameters, RECORDED_BY, STANCE},
    pinned_query::PinnedQuery,
};

pub(super) struct Table {
    /// The name of the file without its ending.
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// Selects `page { pageInfo edges }`, by `$first` and `$after`.
    pub(super) document: &'static str,
    /// Parameters that its address accepts, besides the pin.
    pub(super) parameters: &'static [&'static str],
    /// The variable `filter`.
    pub(super) filter: fn(&Parameters) -> Value,
    /// Pointer to a list in an edge that has a row for each item; without it, an edge is a row.
    pub(super) rows: Option<&'static str>,
    /// Whether a row is in the table, where no filter of the API says it.
    pub(super) includes: fn(&Parameters, &Value) -> bool,
    pub(super) columns: &'static [Column],
    /// The columns whose values name a row.
    pub(super) key: &'static [&'static str],
}

/// Columns, a line each: name, kind, JSON pointer into an edge, description.
macro_rules! columns {
    ($($name:ident: $kind:expr, $pointer:literal, $description:literal;)+) => {{
        #[expect(clippy::allow_attributes, reason = "not every table has every kind")]
        #[allow(unused_imports, reason = "not every table has every kind")]
        use crate::http::export::column::ColumnKind::{
            Boolean, Code, Day, Decimal, Edtf, Entry, Instant, Integer, List, Stance, StatementLink, Text, TextList,
        };
        &[$($crate::http::export::column::Column::new(stringify!($name), $pointer, $kind, $description)),+]
    }};
}
pub(super) use columns;

impl Table {
    /// The edges from which its rows are made.
    pub(super) fn pages(&self, query: PinnedQuery, parameters: &Parameters) -> Pages {
        let variables = json!({
            "filter": (self.filter)(parameters),
            "at": parameters.moment(),
            "recordedBy": parameters.text(RECORDED_BY),
        });
        Pages::new(query, self.document, variables)
    }

    /// Names of the columns, and what their cells hold.
    pub(super) fn cells(&self) -> Vec<(String, CellType)> {
        let columns = self.columns.iter();
        columns.flat_map(Column::cells).collect()
    }

    /// Appends the rows of an edge; `write_cells` appends the cells of a column.
    pub(super) fn write_rows(
        &self,
        edge: &Value,
        (parameters, public_url): (&Parameters, &str),
        write_cells: fn(&Column, &Value, &str, &mut Vec<String>),
        rows: &mut Vec<Vec<String>>,
    ) {
        let mut write = |edge: &Value| {
            if (self.includes)(parameters, edge) {
                let mut row = Vec::new();
                for column in self.columns {
                    write_cells(column, edge, public_url, &mut row);
                }
                rows.push(row);
            }
        };
        let items = self
            .rows
            .and_then(|pointer| Some((pointer, edge.pointer(pointer)?)));
        let Some((pointer, items)) = items else {
            return write(edge);
        };
        let mut edge = edge.clone();
        for item in items.as_array().into_iter().flatten() {
            if let Some(place) = edge.pointer_mut(pointer) {
                *place = item.clone();
            }
            write(&edge);
        }
    }
}

/// Whether a stance is one of those that the address requests.
pub(super) fn is_requested(parameters: &Parameters, stance: Option<&Value>) -> bool {
    let stance = stance.and_then(Value::as_str);
    let requested = parameters.list(STANCE);
    requested.is_none_or(|all| stance.is_some_and(|stance| all.contains(&stance)))
}
