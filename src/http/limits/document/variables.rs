//! How much stands in the variables of a request.
//!
//! A list may repeat what it means for as long as a body may be, and would become as many conditions of an SQL
//! statement: more than SQLite binds, or deeper than the stack. In a document the limit of tokens keeps it short; here
//! the same limit does.

use async_graphql::{Name, ServerError, Value, Variables, parser::types::OperationDefinition};

use super::excess;
use crate::config::limits::DocumentLimits;

/// # Errors
/// `QUERY_TOO_COMPLEX` for more values than a document may have tokens.
pub fn check(variables: &Variables, limits: &DocumentLimits) -> Result<(), ServerError> {
    if variables.values().map(size).sum::<usize>() > limits.tokens {
        let what = "has too many values in its variables";
        return Err(excess("max-tokens", limits.tokens, what));
    }
    Ok(())
}

/// Leaves what the operation declares. The rest means nothing, and a subscription would hold it for as long as it lives.
pub fn keep_declared(variables: &mut Variables, operation: &OperationDefinition) {
    let declared = |name: &Name| {
        let mut definitions = operation.variable_definitions.iter();
        definitions.any(|definition| definition.node.name.node == *name)
    };
    variables.retain(|name, _| declared(name));
}

/// Values, lists and objects among them. The reader of JSON bounds the depth.
fn size(value: &Value) -> usize {
    let below: usize = match value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_) => 0,
    };
    below + 1
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn passes(variables: serde_json::Value) -> bool {
        let variables = Variables::from_json(variables);
        check(&variables, &DocumentLimits::default()).is_ok()
    }

    #[test]
    fn what_no_operation_asked_for_is_not_kept() {
        let document = parse_query("query($a: Int, $b: Int = 1) { x(a: $a, b: $b) }").unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut variables = Variables::from_json(json!({ "a": 1, "c": "x".repeat(1_000) }));
        keep_declared(&mut variables, &operation.node);
        assert_eq!(variables, Variables::from_json(json!({ "a": 1 })));
    }

    #[test]
    fn values_are_counted_wherever_they_stand() {
        assert!(passes(json!({ "a": vec![1; 1_999] })));
        assert!(!passes(json!({ "a": vec![1; 2_000] })));
        assert!(passes(json!({ "a": vec![json!({ "b": 1 }); 999] })));
        assert!(!passes(json!({ "a": vec![json!({ "b": [1] }); 999] })));
    }
}
