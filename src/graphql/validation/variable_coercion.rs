//! Variable coercion: checks the values of a request and adds the defaults (GraphQL, 6.1.2).
//!
//! async-graphql 7.2.1 reads variables where a field uses them: a missing one fails that field and not the request, and
//! `@skip` and `@include` ignore defaults.

use async_graphql::parser::types::{OperationDefinition, VariableDefinition};
use async_graphql::registry::Registry;
use async_graphql::{Positioned, ServerError, Variables};

use super::validation_error;
use super::values::Origin;
use super::variables::{check_constant, is_input};

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
    match (variables.get(name), &definition.node.default_value) {
        (Some(value), _) => check_constant(registry, Origin::Json, definition, value),
        (None, Some(default)) => {
            variables.insert(name.clone(), default.node.clone());
            Vec::new()
        }
        (None, None) if kind.nullable => Vec::new(),
        (None, None) => {
            let message = format!("`${name}` is required and must be a `{kind}`");
            vec![validation_error(message, [definition.pos])]
        }
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
