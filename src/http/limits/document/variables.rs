//! Limit on the number of values in the variables of a request, and removal of undeclared variables.
//!
//! A list in a variable becomes as many conditions of an SQL statement. With the body limit as its only bound it could
//! exceed the parameters that SQLite accepts, or overflow the stack as a deep expression. In a document the token limit
//! bounds such a list, so the same limit applies here.

use async_graphql::{Name, ServerError, Value, Variables, parser::types::OperationDefinition};

use super::limit_error;
use crate::config::limits::DocumentLimits;

/// # Errors
/// `QUERY_TOO_COMPLEX` for more values than a document may have tokens.
pub fn check_variables(variables: &Variables, limits: &DocumentLimits) -> Result<(), ServerError> {
    let count = variables.values().map(count_values).sum::<usize>();
    if count > limits.tokens {
        let excess = format!("the variables contain {count} values");
        return Err(limit_error("max-tokens", limits.tokens, &excess));
    }
    Ok(())
}

/// Removes variables that the operation does not declare. They have no effect, and a subscription would hold them in
/// memory for its lifetime.
pub fn retain_declared(variables: &mut Variables, operation: &OperationDefinition) {
    let is_declared = |name: &Name| {
        let mut definitions = operation.variable_definitions.iter();
        definitions.any(|definition| definition.node.name.node == *name)
    };
    variables.retain(|name, _| is_declared(name));
}

/// Number of values, including lists and objects. The JSON parser bounds the depth.
fn count_values(value: &Value) -> usize {
    let nested: usize = match value {
        Value::List(items) => items.iter().map(count_values).sum(),
        Value::Object(fields) => fields.values().map(count_values).sum(),
        Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_) => 0,
    };
    nested + 1
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn passes(variables: serde_json::Value) -> bool {
        let variables = Variables::from_json(variables);
        check_variables(&variables, &DocumentLimits::default()).is_ok()
    }

    #[test]
    fn undeclared_variables_are_removed() {
        let document = parse_query("query($a: Int, $b: Int = 1) { x(a: $a, b: $b) }").unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut variables = Variables::from_json(json!({ "a": 1, "c": "x".repeat(1_000) }));
        retain_declared(&mut variables, &operation.node);
        assert_eq!(variables, Variables::from_json(json!({ "a": 1 })));
    }

    #[test]
    fn nested_values_are_counted() {
        assert!(passes(json!({ "a": vec![1; 1_999] })));
        assert!(!passes(json!({ "a": vec![1; 2_000] })));
        assert!(passes(json!({ "a": vec![json!({ "b": 1 }); 999] })));
        assert!(!passes(json!({ "a": vec![json!({ "b": [1] }); 999] })));
    }
}
