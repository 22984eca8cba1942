//! `__typename`, of which async-graphql 7.2.1 validates neither arguments and selections nor directives.
//!
//! A variable that stands only there passes for unused.

use async_graphql::parser::types::{
    ExecutableDocument, Field, InlineFragment, Selection, SelectionSet,
};
use async_graphql::{Positioned, ServerError};

use super::{fault, operations_mut, sets};

pub(super) const TYPENAME: &str = "__typename";

pub(super) fn check(document: &ExecutableDocument) -> Vec<ServerError> {
    let mut faults = Vec::new();
    for set in sets(document) {
        check_set(set, &mut faults);
    }
    faults
}

fn check_set(set: &SelectionSet, faults: &mut Vec<ServerError>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) if field.node.name.node == TYPENAME => {
                if let Some((name, _)) = field.node.arguments.first() {
                    faults.push(fault("`__typename` has no arguments", [name.pos]));
                }
                if !field.node.selection_set.node.items.is_empty() {
                    faults.push(fault("`__typename` has no fields", [field.pos]));
                }
            }
            Selection::Field(field) => check_set(&field.node.selection_set.node, faults),
            Selection::InlineFragment(inline) => {
                check_set(&inline.node.selection_set.node, faults);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Writes `__typename @include(if: $x)` as `... @include(if: $x) { __typename }`. It means the same, and there the
/// library sees the directive.
pub(super) fn wrap(document: &mut ExecutableDocument) {
    for operation in operations_mut(document) {
        wrap_in(&mut operation.selection_set.node);
    }
    for fragment in document.fragments.values_mut() {
        wrap_in(&mut fragment.node.selection_set.node);
    }
}

fn wrap_in(set: &mut SelectionSet) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == TYPENAME => {
                if !field.node.directives.is_empty() {
                    item.node = Selection::InlineFragment(wrapped(field));
                }
            }
            Selection::Field(field) => wrap_in(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => wrap_in(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn wrapped(field: &mut Positioned<Field>) -> Positioned<InlineFragment> {
    let directives = std::mem::take(&mut field.node.directives);
    let bare = Selection::Field(field.clone());
    let set = SelectionSet {
        items: vec![Positioned::new(bare, field.pos)],
    };
    let inline = InlineFragment {
        type_condition: None,
        directives,
        selection_set: Positioned::new(set, field.pos),
    };
    Positioned::new(inline, field.pos)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{accepts, messages, refuses};

    #[test]
    fn what_stands_on_typename_is_validated() {
        refuses(&[
            "{ __typename(x: 1) }",
            "{ viewer { role __typename { x } } }",
            "{ __typename @nope }",
            "{ __typename @specifiedBy(url: \"x\") }",
            "{ __typename @skip }",
            "{ __typename @skip(if: 1) }",
            "{ __typename @skip(if: true, of: 1) }",
            "{ __typename @skip(if: true, if: true) }",
            "{ __typename @skip(if: true) @skip(if: true) }",
            "{ ...F } fragment F on Query { __typename @skip(if: $x) }",
            "query($x: Boolean) { __typename @skip(if: $x) }",
            "query($x: String = \"x\") { __typename @skip(if: $x) }",
        ]);
    }

    #[test]
    fn a_variable_that_stands_on_typename_only_is_used() {
        let query = "query($x: Boolean!) { a: __typename @skip(if: $x) viewer { ...F } }
            fragment F on Viewer { __typename @include(if: $x) }";
        assert_eq!(messages(query, json!({ "x": true })), Vec::<String>::new());
        accepts(&["query($x: Boolean = true) { __typename @skip(if: $x) @include(if: $x) }"]);
    }
}
