//! Values in a document, and whether its variables fit the places where they stand (GraphQL, 5.6 and 5.8.5).
//!
//! async-graphql 7.2.1 has the second rule and never asks it: `VisitorCons` in `validation/visitor.rs` does not hand on
//! `enter_input_value`. A `String` was taken for an `ID!`.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, Type, VariableDefinition,
};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Name, Positioned, ServerError, Value};

use super::arguments::{self, Argument};
use super::values::{Origin, Place, Usage, Values};
use super::{fault, fragments};

pub(super) fn check(document: &ExecutableDocument, registry: &Registry) -> Vec<ServerError> {
    let mut faults = Vec::new();
    let mut of_fragments = HashMap::new();
    for (name, fragment) in &document.fragments {
        let arguments = arguments::list_of_fragment(registry, &fragment.node);
        let values = check_arguments(registry, arguments);
        faults.extend(values.faults);
        of_fragments.insert(name, values.usages);
    }
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let arguments = arguments::list_of_operation(registry, operation);
        let values = check_arguments(registry, arguments);
        faults.extend(values.faults);
        faults.extend(check_defaults(registry, operation));
        let used = fragments::list_reachable(document, &operation.selection_set.node);
        let of_used = used.into_iter().filter_map(|name| of_fragments.get(name));
        let usages = values.usages.iter().chain(of_used.flatten());
        faults.extend(check_usages(registry, operation, usages));
    }
    faults
}

fn check_arguments<'d>(registry: &'d Registry, arguments: Vec<Argument<'d>>) -> Values<'d> {
    let mut values = Values::new(registry, Origin::Document);
    for argument in arguments {
        values.at = argument.name.pos;
        let place = Place {
            expected: &argument.expected.ty,
            has_default: argument.expected.default_value.is_some(),
            is_one_of: false,
        };
        values.check(&argument.name.node, place, argument.value);
    }
    values
}

fn check_defaults(registry: &Registry, operation: &OperationDefinition) -> Vec<ServerError> {
    let definitions = &operation.variable_definitions;
    let checked = definitions.iter().filter_map(|definition| {
        let default = definition.node.default_value.as_ref()?;
        Some(check_constant(
            registry,
            Origin::Document,
            definition,
            &default.node,
        ))
    });
    checked.flatten().collect()
}

/// Whether a variable can have a value.
pub(super) fn check_constant(
    registry: &Registry,
    origin: Origin,
    definition: &Positioned<VariableDefinition>,
    value: &Value,
) -> Vec<ServerError> {
    let expected = definition.node.var_type.node.to_string();
    let value = value.clone().into_value();
    let mut values = Values::new(registry, origin);
    values.at = definition.pos;
    let place = Place {
        expected: &expected,
        has_default: false,
        is_one_of: false,
    };
    values.check(&format!("${}", definition.node.name.node), place, &value);
    values.faults
}

fn check_usages<'u>(
    registry: &Registry,
    operation: &OperationDefinition,
    usages: impl Iterator<Item = &'u Usage<'u>>,
) -> Vec<ServerError> {
    let definitions: HashMap<&Name, _> = operation
        .variable_definitions
        .iter()
        .filter(|definition| is_input(registry, &definition.node))
        .map(|definition| (&definition.node.name.node, definition))
        .collect();
    usages
        .filter_map(|usage| {
            let definition = definitions.get(usage.variable)?;
            if is_allowed(&definition.node, usage.place) {
                return None;
            }
            let (name, found) = (usage.variable, &definition.node.var_type.node);
            let expected = usage.place.kind();
            let message = format!("`${name}` is `{found}` where `{expected}` is expected");
            Some(fault(message, [definition.pos, usage.at]))
        })
        .collect()
}

/// Whether the type is one of values; the library names the others.
pub(super) fn is_input(registry: &Registry, definition: &VariableDefinition) -> bool {
    let kind = registry.concrete_type_by_parsed_type(&definition.var_type.node);
    kind.is_some_and(MetaType::is_input)
}

/// GraphQL, `IsVariableUsageAllowed()`.
fn is_allowed(definition: &VariableDefinition, place: Place<'_>) -> bool {
    let found = &definition.var_type.node;
    let Some(mut expected) = Type::new(&place.kind()) else {
        return true;
    };
    let default = definition.default_value.as_ref();
    if default.is_some_and(|default| default.node != Value::Null) || place.has_default {
        expected.nullable = true;
    }
    is_compatible(found, &expected)
}

/// GraphQL, `AreTypesCompatible()`.
fn is_compatible(found: &Type, expected: &Type) -> bool {
    if found.nullable && !expected.nullable {
        return false;
    }
    match (&found.base, &expected.base) {
        (BaseType::Named(found), BaseType::Named(expected)) => found == expected,
        (BaseType::List(found), BaseType::List(expected)) => is_compatible(found, expected),
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, refuses};

    /// A variable in a place, with its type; always with a value, so that only the type can be at fault.
    fn used(kind: &str, place: &str) -> String {
        let fragment = "fragment F on Query";
        format!("query($x: {kind}) {{ ...F }} {fragment} {{ {place} }}")
    }

    #[test]
    fn a_variable_is_of_the_type_of_its_place() {
        let id = "country(code: $x) { code }";
        let ids = "countries(filter: { codes: $x }) { code }";
        let item = "countries(filter: { codes: [$x] }) { code }";
        for (kind, place) in [
            ("String! = \"RW\"", id),
            ("Int! = 1", id),
            ("ID", id),
            ("ID = null", id),
            ("[ID!]! = []", id),
            ("ID! = \"RW\"", ids),
            ("[ID] = []", ids),
            ("ID", item),
            (
                "OrderDirection = ASC",
                "countries(orderBy: { field: $x }) { code }",
            ),
        ] {
            refuses(&[&used(kind, place)]);
        }
        for (kind, place) in [
            ("ID = \"RW\"", id),
            ("ID! = \"RW\"", id),
            ("[ID!]! = []", ids),
            ("[ID!]", ids),
            ("ID = \"RW\"", item),
            (
                "OrderDirection",
                "countries(orderBy: { field: CODE, direction: $x }) { code }",
            ),
        ] {
            accepts(&[&used(kind, place)]);
        }
    }

    #[test]
    fn every_operation_is_held_to_its_own_variables() {
        let second = "query B($x: String! = \"RW\") { ...F }";
        let fragment = "fragment F on Query { country(code: $x) { code } }";
        let refused = format!("query A($x: ID! = \"RW\") {{ ...F }} {second} {fragment}");
        let messages = super::super::tests::messages(&refused, serde_json::json!({}));
        assert_eq!(messages, ["`$x` is `String!` where `ID!` is expected"]);
    }

    #[test]
    fn a_default_is_of_the_type_of_its_variable() {
        for (kind, place) in [
            ("Int = \"x\"", "relationships(first: $x) { totalCount }"),
            ("ID! = null", "country(code: $x) { code }"),
            ("CountryFilter = 1", "countries(filter: $x) { code }"),
            (
                "CountryFilter = { cods: [] }",
                "countries(filter: $x) { code }",
            ),
        ] {
            refuses(&[&used(kind, place)]);
        }
    }
}
