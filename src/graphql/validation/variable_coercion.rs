//! The values that a client gives for variables (GraphQL, 6.1.2).
//!
//! async-graphql 7.2.1 asks for them where a field needs them: a missing one fails that field rather than the request,
//! and `@skip` and `@include` do not see a default at all.

use async_graphql::parser::types::{OperationDefinition, VariableDefinition};
use async_graphql::registry::Registry;
use async_graphql::{Positioned, ServerError, Variables};

use super::fault;
use super::values::Origin;
use super::variables::{check_constant, is_input};

/// Fills in defaults. Answers what is wrong with the values.
pub(super) fn apply(
    registry: &Registry,
    operation: &OperationDefinition,
    variables: &mut Variables,
) -> Vec<ServerError> {
    let definitions = &operation.variable_definitions;
    let checked = definitions
        .iter()
        .filter(|definition| is_input(registry, &definition.node))
        .flat_map(|definition| apply_to_one(registry, definition, variables));
    checked.collect()
}

fn apply_to_one(
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
            let message = format!("`${name}` is required, a `{kind}`");
            vec![fault(message, [definition.pos])]
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::messages;

    #[track_caller]
    fn check(kind: &str, place: &str, value: Value, expected: &[&str]) {
        let query = format!("query($x: {kind}) {{ {place} }}");
        assert_eq!(messages(&query, value), expected, "{query}");
    }

    #[test]
    fn a_value_is_of_the_type_of_its_variable() {
        let id = "country(code: $x) { code }";
        check("ID!", id, json!({ "x": "RW" }), &[]);
        check("ID!", id, json!({}), &["`$x` is required, a `ID!`"]);
        check("ID!", id, json!({ "x": null }), &["`$x` may not be null"]);
        check("ID!", id, json!({ "x": true }), &["`$x` is no `ID`"]);
        let filter = "relationships(filter: $x) { totalCount }";
        let kind = "RelationshipFilter";
        let refused = "`$x` must be an object, a `RelationshipFilter`";
        check(kind, filter, json!({ "x": 1 }), &[refused]);
        check(kind, filter, json!({ "x": { "stance": ["AGREED"] } }), &[]);
        let refused = [
            "`$x.stance[0]` is no `Stance`",
            "`$x.a` is not in the schema",
        ];
        let value = json!({ "x": { "stance": ["NOPE"], "a": 1 } });
        check(kind, filter, value, &[refused[1], refused[0]]);
    }

    #[test]
    fn a_body_full_of_faults_gives_a_hundred() {
        let query = "query($x: [ID!]!) { nodes(ids: $x) { id } }";
        let value = json!({ "x": vec![true; 1000] });
        assert_eq!(messages(query, value).len(), 100);
    }
}
