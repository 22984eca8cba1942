//! Variable coercion: checks the values of a request and adds the defaults (GraphQL, 6.1.2).
//!
//! async-graphql 7.2.1 reads variables where a field uses them: a missing one fails that field and not the request, and
//! `@skip` and `@include` ignore defaults.

use async_graphql::parser::types::{OperationDefinition, VariableDefinition};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::{Positioned, ServerError, Value, Variables};

use super::input_position::Origin;
use super::variables::{NonNullUse, check_constant, is_input};
use super::{large_numbers, validation_error};

/// Inserts defaults, and returns the errors in the values.
pub(super) fn coerce(
    registry: &Registry,
    operation: &OperationDefinition,
    variables: &mut Variables,
) -> Vec<ServerError> {
    let definitions = &operation.variable_definitions;
    let errors = definitions
        .iter()
        .filter(|definition| is_input(registry, &definition.node))
        .flat_map(|definition| coerce_one(registry, definition, variables));
    errors.collect()
}

fn coerce_one(
    registry: &Registry,
    definition: &Positioned<VariableDefinition>,
    variables: &mut Variables,
) -> Vec<ServerError> {
    let (name, kind) = (&definition.node.name.node, &definition.node.var_type.node);
    if let Some(value) = variables.get_mut(name) {
        let mut coerced = std::mem::take(value);
        coerce_numbers(registry, &kind.to_string(), &mut coerced);
        *value = coerced;
    }
    match (variables.get(name), &definition.node.default_value) {
        (Some(value), _) => check_constant(registry, Origin::Json, definition, value),
        (None, Some(default)) => {
            let mut default = default.node.clone();
            large_numbers::replace_in_constant(&mut default);
            variables.insert(name.clone(), default);
            Vec::new()
        }
        (None, None) if kind.nullable => Vec::new(),
        (None, None) => {
            let message = format!("`${name}` is required and must be a `{kind}`");
            vec![validation_error(message, [definition.pos])]
        }
    }
}

/// Errors for variables that are null where the document needs a value. A default does not replace an explicit null
/// (GraphQL, 6.4.1).
pub(super) fn check_nulls(
    uses: &[NonNullUse],
    operation: &OperationDefinition,
    variables: &Variables,
) -> Vec<ServerError> {
    let mut errors = Vec::new();
    for definition in &operation.variable_definitions {
        let name = &definition.node.name.node;
        if variables.get(name) != Some(&Value::Null) {
            continue;
        }
        let of_variable = uses.iter().filter(|one| one.definition == definition.pos);
        errors.extend(of_variable.map(|one| {
            let message = format!(
                "`${name}` must not be null where `{}` is expected",
                one.expected
            );
            validation_error(message, [definition.pos, one.at])
        }));
    }
    errors
}

/// Converts numbers that JSON writes in several ways (GraphQL, 3.5.1 and 3.5.5): an `Int` may be `2.0`, and an `ID` an
/// integer of any size.
fn coerce_numbers(registry: &Registry, expected: &str, value: &mut Value) {
    match (MetaTypeName::create(expected), value) {
        (MetaTypeName::List(inner), Value::List(items)) => {
            for item in items {
                coerce_numbers(registry, inner, item);
            }
        }
        (MetaTypeName::NonNull(inner) | MetaTypeName::List(inner), value) => {
            coerce_numbers(registry, inner, value);
        }
        (MetaTypeName::Named(name), Value::Object(fields)) => {
            let Some(MetaType::InputObject { input_fields, .. }) = registry.types.get(name) else {
                return;
            };
            for (key, value) in fields {
                if let Some(field) = input_fields.get(key.as_str()) {
                    coerce_numbers(registry, &field.ty, value);
                }
            }
        }
        (MetaTypeName::Named("Int"), value) => large_numbers::to_integer(value),
        (MetaTypeName::Named("ID"), value) => {
            large_numbers::to_integer(value);
            large_numbers::replace_in_constant(value);
        }
        (MetaTypeName::Named(_), _) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::messages;

    #[track_caller]
    fn check(kind: &str, field: &str, value: Value, expected: &[&str]) {
        let query = format!("query($x: {kind}) {{ {field} }}");
        assert_eq!(messages(&query, value), expected, "{query}");
    }

    #[test]
    fn a_value_has_the_type_of_its_variable() {
        let id = "country(code: $x) { code }";
        check("ID!", id, json!({ "x": "RW" }), &[]);
        check(
            "ID!",
            id,
            json!({}),
            &["`$x` is required and must be a `ID!`"],
        );
        check("ID!", id, json!({ "x": null }), &["`$x` must not be null"]);
        check(
            "ID!",
            id,
            json!({ "x": true }),
            &["`$x` is not a valid `ID`"],
        );
        let filter = "relationships(filter: $x) { totalCount }";
        let kind = "RelationshipFilter";
        let not_an_object = "`$x` must be an object of type `RelationshipFilter`";
        check(kind, filter, json!({ "x": 1 }), &[not_an_object]);
        check(kind, filter, json!({ "x": { "stance": ["AGREED"] } }), &[]);
        let expected = [
            "`$x.stance[0]` is not a valid `Stance`",
            "`$x.a` is not in the schema",
        ];
        let value = json!({ "x": { "stance": ["NOPE"], "a": 1 } });
        check(kind, filter, value, &[expected[1], expected[0]]);
    }

    #[test]
    fn at_most_a_hundred_errors_in_variables_are_reported() {
        let query = "query($x: [ID!]!) { nodes(ids: $x) { id } }";
        let value = json!({ "x": vec![true; 1000] });
        assert_eq!(messages(query, value).len(), 100);
    }
}
