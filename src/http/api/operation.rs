//! The saved operations, read once: what each is for, its variables, and the form of its answer.

use std::sync::LazyLock;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{OperationDefinition, Type};
use rust_embed::Embed;
use serde_json::Value;

use super::json_schema::{self, SchemaTypes};
use super::rows::Rows;

#[derive(Embed)]
#[folder = "web/operations"]
struct Files;

/// A document of `web/operations/`.
pub(in crate::http) struct SavedOperation {
    /// The name of its file, without the ending.
    pub(in crate::http) name: String,
    pub(in crate::http) document: String,
    pub(in crate::http) description: String,
    pub(in crate::http) variables: Vec<Variable>,
    /// JSON Schema of the data of an answer.
    pub(in crate::http) data_schema: Value,
    rows: Option<Rows>,
}

pub(in crate::http) struct Variable {
    pub(in crate::http) name: String,
    pub(in crate::http) description: String,
    pub(super) kind: Type,
    /// JSON Schema of a value; with the default if there is one.
    pub(in crate::http) schema: Value,
    pub(in crate::http) is_required: bool,
}

static OPERATIONS: LazyLock<Vec<SavedOperation>> = LazyLock::new(|| {
    let types = SchemaTypes::read();
    let mut names: Vec<_> = Files::iter().collect();
    names.sort_unstable();
    let read = |file: &str| {
        let name = file.strip_suffix(".graphql")?;
        let text = String::from_utf8(Files::get(file)?.data.into_owned()).ok()?;
        Some(SavedOperation::read(name, text, &types))
    };
    names.iter().filter_map(|file| read(file)).collect()
});

impl SavedOperation {
    /// In the order of their names.
    pub(in crate::http) fn all() -> &'static [Self] {
        &OPERATIONS
    }

    pub(in crate::http) fn find(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    /// The rows of a table, if the answer is a connection.
    pub(super) fn rows(&self) -> Option<&Rows> {
        self.rows.as_ref()
    }

    fn read(name: &str, document: String, types: &SchemaTypes) -> Self {
        let parsed = parse_query(&document).expect("a test parses every saved operation");
        let mut operations = parsed.operations.iter();
        let (_, operation) = operations.next().expect("a document has an operation");
        let operation = &operation.node;
        let data_schema = types.selection_schema("Query", &operation.selection_set.node);
        Self {
            rows: Rows::of(&operation.selection_set.node, &data_schema),
            variables: read_variables(operation, &document, types),
            description: comment_of(document.lines()),
            name: name.to_owned(),
            data_schema,
            document,
        }
    }
}

fn read_variables(
    operation: &OperationDefinition,
    document: &str,
    types: &SchemaTypes,
) -> Vec<Variable> {
    let all = operation.variable_definitions.iter();
    all.map(|variable| {
        let variable = &variable.node;
        let name = variable.name.node.to_string();
        let kind = variable.var_type.node.clone();
        let mut schema = types.input_schema(&kind);
        let default = variable.default_value.as_ref();
        let default = default.map(|value| json_schema::json_of(&value.node));
        if let Some(default) = &default {
            schema["default"] = default.clone();
        }
        Variable {
            description: comment_before(document, &format!("${name}:")),
            is_required: !kind.nullable && default.is_none(),
            name,
            kind,
            schema,
        }
    })
    .collect()
}

/// The text of the comment lines that come first.
fn comment_of<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let comments = lines.map_while(|line| line.trim().strip_prefix('#'));
    let comments: Vec<&str> = comments.map(str::trim).collect();
    comments.join(" ")
}

/// The comment in the lines before the one that starts with a text.
fn comment_before(document: &str, start: &str) -> String {
    let before = document
        .lines()
        .take_while(|line| !line.trim().starts_with(start));
    let mut comments: Vec<&str> = before.collect();
    let first = comments
        .iter()
        .rposition(|line| !line.trim().starts_with('#'));
    comments.drain(..first.map_or(0, |first| first + 1));
    comment_of(comments.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_saved_operation_and_each_of_its_variables_is_described() {
        let all = SavedOperation::all();
        assert_eq!(all.len(), Files::iter().count());
        for operation in all {
            let name = &operation.name;
            assert!(operation.description.ends_with('.'), "{name}");
            assert!(operation.data_schema["properties"].is_object(), "{name}");
            for variable in &operation.variables {
                assert!(
                    variable.description.ends_with('.'),
                    "{name}: {}",
                    variable.name
                );
            }
        }
        let tables = all.iter().filter(|operation| operation.rows().is_some());
        let tables: Vec<&str> = tables.map(|operation| operation.name.as_str()).collect();
        assert_eq!(tables, ["changes", "positions", "statements"]);
    }
}
