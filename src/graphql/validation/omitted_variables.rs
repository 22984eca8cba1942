//! Arguments whose variable has no value count as omitted, so that their default applies (GraphQL, 6.4.1).
//!
//! async-graphql 7.2.1 passes null to the resolver instead.

use std::collections::HashSet;

use async_graphql::Name;
use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, SelectionSet};
use async_graphql_value::Value;

use super::large_numbers::{Arguments, for_each_argument};
use super::operations_mut;

/// Whether a variable of the operation has neither a value nor a default.
pub(super) fn has_omitted(operation: &OperationDefinition, variables: &Variables) -> bool {
    let mut definitions = operation.variable_definitions.iter();
    definitions.any(|definition| !variables.contains_key(&definition.node.name.node))
}

/// Removes the uses of all variables of the operation that have neither a value nor a default.
pub(super) fn remove_uses(
    document: &mut ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) {
    if !has_omitted(operation, variables) {
        return;
    }
    for other in operations_mut(document) {
        remove_uses_in(&mut other.selection_set.node, operation, variables);
    }
    for fragment in document.fragments.values_mut() {
        let set = &mut fragment.node.selection_set.node;
        remove_uses_in(set, operation, variables);
    }
}

/// The same in one selection set.
pub(super) fn remove_uses_in(
    set: &mut SelectionSet,
    operation: &OperationDefinition,
    variables: &Variables,
) {
    let definitions = operation.variable_definitions.iter();
    let omitted: HashSet<&Name> = definitions
        .map(|definition| &definition.node.name.node)
        .filter(|name| !variables.contains_key(*name))
        .collect();
    for_each_argument(set, &mut |arguments: &mut Arguments| {
        arguments.retain(|(_, value)| !is_omitted(&value.node, &omitted));
        for (_, value) in arguments {
            remove_in_value(&mut value.node, &omitted);
        }
    });
}

fn is_omitted(value: &Value, omitted: &HashSet<&Name>) -> bool {
    matches!(value, Value::Variable(name) if omitted.contains(name))
}

fn remove_in_value(value: &mut Value, omitted: &HashSet<&Name>) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !is_omitted(value, omitted));
            for value in fields.values_mut() {
                remove_in_value(value, omitted);
            }
        }
        // An item of a list cannot be omitted: it is null (GraphQL, 3.11).
        Value::List(items) => {
            for item in items {
                if is_omitted(item, omitted) {
                    *item = Value::Null;
                } else {
                    remove_in_value(item, omitted);
                }
            }
        }
        _ => {}
    }
}
