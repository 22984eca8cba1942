//! Used variables: those that stand in the parts of an operation that its answer depends on.

use std::collections::HashSet;

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};
use async_graphql_value::Value as Written;

/// The values of the used variables as JSON.
pub(super) fn json_of(variables: &Variables, used: &HashSet<Name>) -> String {
    let used = variables.iter().filter(|(name, _)| used.contains(*name));
    let json: serde_json::Map<_, _> = used
        .filter_map(|(name, value)| Some((name.to_string(), value.clone().into_json().ok()?)))
        .collect();
    serde_json::Value::Object(json).to_string()
}

/// All variables but those used only in directives of operations.
pub(in crate::http) fn variables_of_selections(
    document: &ExecutableDocument,
    root: &SelectionSet,
) -> HashSet<Name> {
    let mut used = HashSet::new();
    add_set(root, &mut used);
    for fragment in document.fragments.values() {
        add_set(&fragment.node.selection_set.node, &mut used);
    }
    used
}

/// Variables that may change an event's payload: all but those used only in the arguments of the root field.
pub(super) fn variables_below_root(
    document: &ExecutableDocument,
    root: &SelectionSet,
) -> HashSet<Name> {
    let mut used = HashSet::new();
    for item in &root.items {
        match &item.node {
            Selection::Field(field) => {
                add_directives(&field.node.directives, &mut used);
                add_set(&field.node.selection_set.node, &mut used);
            }
            // Fragments at the root are not expanded yet, so the arguments of the root field count too.
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => {
                add_set(root, &mut used);
            }
        }
    }
    for fragment in document.fragments.values() {
        add_set(&fragment.node.selection_set.node, &mut used);
    }
    used
}

fn add_set(set: &SelectionSet, used: &mut HashSet<Name>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => add_field(&field.node, used),
            Selection::InlineFragment(inline) => {
                add_directives(&inline.node.directives, used);
                add_set(&inline.node.selection_set.node, used);
            }
            Selection::FragmentSpread(spread) => add_directives(&spread.node.directives, used),
        }
    }
}

fn add_field(field: &Field, used: &mut HashSet<Name>) {
    add_variables(&field.arguments, used);
    add_directives(&field.directives, used);
    add_set(&field.selection_set.node, used);
}

fn add_directives(directives: &[Positioned<Directive>], used: &mut HashSet<Name>) {
    for directive in directives {
        add_variables(&directive.node.arguments, used);
    }
}

/// Collects variable names by resolving the arguments: async-graphql calls the closure for each variable.
fn add_variables<T>(arguments: &[(T, Positioned<Written>)], used: &mut HashSet<Name>) {
    for (_, value) in arguments {
        let resolved = value.node.clone().into_const_with(|name| {
            used.insert(name);
            Ok::<_, std::convert::Infallible>(Value::Null)
        });
        drop(resolved);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::graphql::validation::find_operation;

    fn used(text: &str) -> Vec<String> {
        let document = parse_query(text).unwrap();
        let operation = find_operation(&document, None).unwrap();
        let used = variables_below_root(&document, &operation.selection_set.node);
        let mut names: Vec<_> = used.iter().map(ToString::to_string).collect();
        names.sort();
        names
    }

    #[test]
    fn only_variables_outside_the_root_arguments_are_part_of_the_key() {
        let subscription = |rest: &str| {
            format!(
                "subscription($a: X, $b: X, $c: X) {{ e(filter: {{ f: [$a] }}, after: $b) {rest} }}"
            )
        };
        assert!(used(&subscription("{ x }")).is_empty());
        assert_eq!(used(&subscription("{ x(y: [{ z: $c }]) }")), ["c"]);
        assert_eq!(used(&subscription("{ x { y @skip(if: $a) } }")), ["a"]);
        let fragment = "{ ...F } } fragment F on X { y(of: $b)";
        assert_eq!(used(&subscription(fragment)), ["b"]);
    }
}
