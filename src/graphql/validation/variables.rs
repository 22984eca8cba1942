//! Values and variables in a document: each value has the expected type, and each variable is allowed in its position
//! (GraphQL, 5.6 and 5.8.5).
//!
//! async-graphql 7.2.1 has the second rule but never runs it: `VisitorCons` in `validation/visitor.rs` does not forward
//! `enter_input_value`, so a `String` is accepted for an `ID!`.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, Type, VariableDefinition,
};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Name, Pos, Positioned, ServerError, Value};

use super::arguments::{self, Argument};
use super::input_position::{InputPosition, Origin, Usage};
use super::values::Values;
use super::{fragments, validation_error};

pub(super) fn check_document(
    document: &ExecutableDocument,
    registry: &Registry,
) -> Vec<ServerError> {
    let mut errors = Vec::new();
    let mut usages_by_fragment = HashMap::new();
    for (name, fragment) in &document.fragments {
        let arguments = arguments::list_of_fragment(registry, &fragment.node);
        let values = check_arguments(registry, arguments);
        errors.extend(values.errors);
        usages_by_fragment.insert(name, values.usages);
    }
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let arguments = arguments::list_of_operation(registry, operation);
        let values = check_arguments(registry, arguments);
        errors.extend(values.errors);
        errors.extend(check_defaults(registry, operation));
        let reachable = fragments::list_reachable(document, &operation.selection_set.node);
        let of_fragments = reachable
            .into_iter()
            .filter_map(|name| usages_by_fragment.get(name));
        let usages = values.usages.iter().chain(of_fragments.flatten());
        errors.extend(check_usages(registry, operation, usages));
    }
    errors
}

fn check_arguments<'d>(registry: &'d Registry, arguments: Vec<Argument<'d>>) -> Values<'d> {
    let mut values = Values::new(registry, Origin::Document);
    for argument in arguments {
        values.at = argument.name.pos;
        let position = InputPosition {
            expected: &argument.expected.ty,
            has_default: argument.expected.default_value.is_some(),
            is_one_of: false,
        };
        values.check_value(&argument.name.node, position, argument.value);
    }
    values
}

fn check_defaults(registry: &Registry, operation: &OperationDefinition) -> Vec<ServerError> {
    let definitions = &operation.variable_definitions;
    let errors = definitions.iter().filter_map(|definition| {
        let default = definition.node.default_value.as_ref()?;
        Some(check_constant(
            registry,
            Origin::Document,
            definition,
            &default.node,
        ))
    });
    errors.flatten().collect()
}

/// Checks a value or default of a variable against its type.
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
    let position = InputPosition {
        expected: &expected,
        has_default: false,
        is_one_of: false,
    };
    values.check_value(&format!("${}", definition.node.name.node), position, &value);
    values.errors
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
            if is_allowed(&definition.node, usage.position) {
                return None;
            }
            let (name, actual) = (usage.variable, &definition.node.var_type.node);
            let expected = usage.position.effective_type();
            let message = format!("`${name}` has type `{actual}` where `{expected}` is expected");
            Some(validation_error(message, [definition.pos, usage.at]))
        })
        .collect()
}

/// The use of a variable that may be null, in a position where null is not allowed: the variable or the position has a
/// default, so the document is valid, and each request is checked for an explicit null.
#[derive(Debug)]
pub(super) struct NonNullUse {
    /// Position of the variable's definition, which identifies it and its operation.
    pub(super) definition: Pos,
    pub(super) at: Pos,
    pub(super) expected: String,
}

/// The uses in a document that has passed [`check_document`].
pub(super) fn list_non_null_uses(
    document: &ExecutableDocument,
    registry: &Registry,
) -> Vec<NonNullUse> {
    let mut uses = Vec::new();
    let usages_by_fragment: HashMap<_, _> = document
        .fragments
        .iter()
        .map(|(name, fragment)| {
            let arguments = arguments::list_of_fragment(registry, &fragment.node);
            (name, check_arguments(registry, arguments).usages)
        })
        .collect();
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let arguments = arguments::list_of_operation(registry, operation);
        let own = check_arguments(registry, arguments).usages;
        let reachable = fragments::list_reachable(document, &operation.selection_set.node);
        let of_fragments = reachable
            .into_iter()
            .filter_map(|name| usages_by_fragment.get(name));
        for usage in own.iter().chain(of_fragments.flatten()) {
            let expected = usage.position.effective_type();
            let mut definitions = operation.variable_definitions.iter();
            let definition =
                definitions.find(|definition| definition.node.name.node == *usage.variable);
            if let Some(definition) = definition
                && definition.node.var_type.node.nullable
                && expected.ends_with('!')
            {
                uses.push(NonNullUse {
                    definition: definition.pos,
                    at: usage.at,
                    expected,
                });
            }
        }
    }
    // Fragments are in a hash map; errors are reported in the order of the document.
    uses.sort_by_key(|one| (one.definition, one.at));
    uses.dedup_by_key(|one| (one.definition, one.at));
    uses
}

/// Whether the type is an input type; the library reports other types.
pub(super) fn is_input(registry: &Registry, definition: &VariableDefinition) -> bool {
    let kind = registry.concrete_type_by_parsed_type(&definition.var_type.node);
    kind.is_some_and(MetaType::is_input)
}

/// GraphQL, `IsVariableUsageAllowed()`.
fn is_allowed(definition: &VariableDefinition, position: InputPosition<'_>) -> bool {
    let actual = &definition.var_type.node;
    let Some(mut expected) = Type::new(&position.effective_type()) else {
        return true;
    };
    let default = definition.default_value.as_ref();
    if default.is_some_and(|default| default.node != Value::Null) || position.has_default {
        expected.nullable = true;
    }
    is_compatible(actual, &expected)
}

/// GraphQL, `AreTypesCompatible()`.
fn is_compatible(actual: &Type, expected: &Type) -> bool {
    if actual.nullable && !expected.nullable {
        return false;
    }
    match (&actual.base, &expected.base) {
        (BaseType::Named(actual), BaseType::Named(expected)) => actual == expected,
        (BaseType::List(actual), BaseType::List(expected)) => is_compatible(actual, expected),
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, rejects};

    /// A query that uses a variable of a type in a field.
    fn with_variable(kind: &str, field: &str) -> String {
        let fragment = "fragment F on Query";
        format!("query($x: {kind}) {{ ...F }} {fragment} {{ {field} }}")
    }

    #[test]
    fn a_variable_has_the_type_of_its_position() {
        let id = "country(code: $x) { code }";
        let ids = "countries(filter: { codes: $x }) { code }";
        let item = "countries(filter: { codes: [$x] }) { code }";
        for (kind, field) in [
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
            rejects(&[&with_variable(kind, field)]);
        }
        for (kind, field) in [
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
            accepts(&[&with_variable(kind, field)]);
        }
    }

    #[test]
    fn each_operation_is_checked_against_its_own_variables() {
        let second = "query B($x: String! = \"RW\") { ...F }";
        let fragment = "fragment F on Query { country(code: $x) { code } }";
        let document = format!("query A($x: ID! = \"RW\") {{ ...F }} {second} {fragment}");
        let messages = super::super::tests::messages(&document, serde_json::json!({}));
        assert_eq!(
            messages,
            ["`$x` has type `String!` where `ID!` is expected"]
        );
    }

    #[test]
    fn a_default_has_the_type_of_its_variable() {
        for (kind, field) in [
            ("Int = \"x\"", "relationships(first: $x) { totalCount }"),
            ("ID! = null", "country(code: $x) { code }"),
            ("CountryFilter = 1", "countries(filter: $x) { code }"),
            (
                "CountryFilter = { cods: [] }",
                "countries(filter: $x) { code }",
            ),
        ] {
            rejects(&[&with_variable(kind, field)]);
        }
    }
}
