//! The rows of a table: the nodes of a connection, with a column for each value in them.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use serde_json::Value;

use crate::model::csv_cell::without_formula;

/// The columns of a connection.
pub(super) struct Rows {
    /// The root field.
    field: String,
    /// Paths in a node.
    columns: Vec<Vec<String>>,
}

impl Rows {
    /// `None` if the answer is no connection. Columns are in the order of the selection.
    pub(super) fn of(selection: &SelectionSet, data_schema: &Value) -> Option<Self> {
        let connection = fields(selection).next()?;
        let field = connection.response_key().node.to_string();
        let schema = &data_schema["properties"][&field]["properties"];
        let mut selected = fields(&connection.selection_set.node);
        let nodes = selected.find(|field| field.name.node == "nodes")?;
        let mut columns = Vec::new();
        let node = &nodes.selection_set.node;
        add_columns(
            node,
            &schema["nodes"]["items"],
            &mut Vec::new(),
            &mut columns,
        );
        Some(Self { field, columns })
    }

    /// A header, and a line for each node. The names of nested columns are joined by `_`.
    pub(super) fn lines(&self, data: &Value) -> Vec<Vec<String>> {
        let header = self.columns.iter().map(|path| path.join("_")).collect();
        let nodes = data[&self.field]["nodes"].as_array();
        let line = |node: &Value| {
            let columns = self.columns.iter();
            columns.map(|path| cell(node, path)).collect()
        };
        let lines = nodes.into_iter().flatten().map(line);
        std::iter::once(header).chain(lines).collect()
    }

    /// The cursor of the next page, if there is one.
    pub(super) fn next_cursor<'d>(&self, data: &'d Value) -> Option<&'d str> {
        let page = &data[&self.field]["pageInfo"];
        let cursor = page["endCursor"].as_str();
        cursor.filter(|_| page["hasNextPage"] == true)
    }
}

/// A column for each value that is no list.
fn add_columns(
    selection: &SelectionSet,
    schema: &Value,
    path: &mut Vec<String>,
    columns: &mut Vec<Vec<String>>,
) {
    for field in fields(selection) {
        let key = field.response_key().node.to_string();
        let property = &schema["properties"][&key];
        path.push(key);
        if property.get("properties").is_some() {
            add_columns(&field.selection_set.node, property, path, columns);
        } else if property.get("items").is_none() {
            columns.push(path.clone());
        }
        path.pop();
    }
}

fn fields(selection: &SelectionSet) -> impl Iterator<Item = &Field> {
    let items = selection.items.iter();
    items.filter_map(|item| match &item.node {
        Selection::Field(field) => Some(&field.node),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    })
}

fn cell(node: &Value, path: &[String]) -> String {
    let value = path.iter().fold(node, |value, name| &value[name]);
    match value {
        Value::Null => String::new(),
        Value::String(text) => without_formula(text),
        other => other.to_string(),
    }
}
