//! Inclusion of selections: what `@skip` and `@include` leave out.

use async_graphql::parser::types::Directive;
use async_graphql::{Positioned, Value as ConstValue, Variables};
use async_graphql_value::Value;

/// GraphQL, 3.13.1 and 3.13.2. The document is valid, so that each condition has a value.
pub fn is_included(directives: &[Positioned<Directive>], variables: &Variables) -> bool {
    directives.iter().all(|directive| {
        let condition = directive.node.get_argument("if").map(|value| &value.node);
        let is_true = match condition {
            Some(Value::Variable(name)) => variables.get(name) == Some(&ConstValue::Boolean(true)),
            Some(value) => *value == Value::Boolean(true),
            None => return true,
        };
        match directive.node.name.node.as_str() {
            "skip" => !is_true,
            "include" => is_true,
            _ => true,
        }
    })
}
