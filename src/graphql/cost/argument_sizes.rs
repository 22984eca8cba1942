//! What arguments cost: each field of each item of a list gets a copy of what a variable holds, and a body may be large.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{Field, OperationDefinition};
use async_graphql::{Name, Value, Variables};

/// Bytes of arguments that cost as much as a field.
const PRICED: u64 = 1_024;
/// Bytes that a value takes besides its text.
const VALUE: u64 = 32;

/// Bytes of the variables of an operation.
pub(super) struct Weights<'a>(HashMap<&'a Name, u64>);

impl<'a> Weights<'a> {
    pub(super) fn of(operation: &'a OperationDefinition, variables: &Variables) -> Self {
        let definitions = operation.variable_definitions.iter();
        let weights = definitions.map(|definition| {
            let name = &definition.node.name.node;
            let default = definition.node.default_value.as_ref();
            let value = variables.get(name).or(default.map(|value| &value.node));
            (name, value.map_or(0, weight))
        });
        Self(weights.collect())
    }

    /// What the arguments of a field add to its cost.
    pub(super) fn price(&self, field: &Field) -> u64 {
        let mut bytes = 0;
        for (_, argument) in &field.arguments {
            let literal = argument.node.clone().into_const_with(|name| {
                bytes += self.0.get(&name).copied().unwrap_or(0);
                Ok::<_, Infallible>(Value::Null)
            });
            bytes += literal.as_ref().map_or(0, weight);
        }
        bytes / PRICED
    }
}

fn weight(value: &Value) -> u64 {
    let below: u64 = match value {
        Value::List(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields.values().map(weight).sum(),
        Value::String(text) => text.len() as u64,
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => 0,
    };
    below + VALUE
}
