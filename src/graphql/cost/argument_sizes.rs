//! Cost of arguments by their size: each field of each list item gets a copy of a variable, which may be as large as
//! the request body.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{Field, OperationDefinition};
use async_graphql::{Name, Value, Variables};

/// Argument bytes that cost as much as one field.
const BYTES_PER_COST_UNIT: u64 = 1_024;
/// Size of a value without its text.
const VALUE_BYTES: u64 = 32;

/// Sizes of the variables of an operation, in bytes.
pub(super) struct ArgumentSizes<'a>(HashMap<&'a Name, u64>);

impl<'a> ArgumentSizes<'a> {
    pub(super) fn new(operation: &'a OperationDefinition, variables: &Variables) -> Self {
        let definitions = operation.variable_definitions.iter();
        let sizes = definitions.map(|definition| {
            let name = &definition.node.name.node;
            let default = definition.node.default_value.as_ref();
            let value = variables.get(name).or(default.map(|value| &value.node));
            (name, value.map_or(0, size_of_value))
        });
        Self(sizes.collect())
    }

    /// The cost that the arguments of a field add to it.
    pub(super) fn cost_of(&self, field: &Field) -> u64 {
        let mut bytes = 0;
        for (_, argument) in &field.arguments {
            let literal = argument.node.clone().into_const_with(|name| {
                bytes += self.0.get(&name).copied().unwrap_or(0);
                Ok::<_, Infallible>(Value::Null)
            });
            bytes += literal.as_ref().map_or(0, size_of_value);
        }
        bytes / BYTES_PER_COST_UNIT
    }
}

fn size_of_value(value: &Value) -> u64 {
    let content: u64 = match value {
        Value::List(items) => items.iter().map(size_of_value).sum(),
        Value::Object(fields) => fields.values().map(size_of_value).sum(),
        Value::String(text) => text.len() as u64,
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => 0,
    };
    content + VALUE_BYTES
}
