//! The meta-field `__typename`: async-graphql 7.2.1 validates neither its arguments and selections nor its directives.
//!
//! The library also reports a variable as unused if only a directive on `__typename` uses it.

use async_graphql::parser::types::{
    ExecutableDocument, Field, InlineFragment, Selection, SelectionSet,
};
use async_graphql::{Positioned, ServerError};

use super::{operations_mut, selection_sets, validation_error};

pub(super) const TYPENAME: &str = "__typename";

pub(super) fn check_document(document: &ExecutableDocument) -> Vec<ServerError> {
    let mut errors = Vec::new();
    for set in selection_sets(document) {
        check_set(set, &mut errors);
    }
    errors
}

fn check_set(set: &SelectionSet, errors: &mut Vec<ServerError>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) if field.node.name.node == TYPENAME => {
                if let Some((name, _)) = field.node.arguments.first() {
                    errors.push(validation_error(
                        "`__typename` has no arguments",
                        [name.pos],
                    ));
                }
                if !field.node.selection_set.node.items.is_empty() {
                    errors.push(validation_error("`__typename` has no fields", [field.pos]));
                }
            }
            Selection::Field(field) => check_set(&field.node.selection_set.node, errors),
            Selection::InlineFragment(inline) => {
                check_set(&inline.node.selection_set.node, errors);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Rewrites `__typename @include(if: $x)` as `... @include(if: $x) { __typename }`. It is equivalent, and the library
/// validates directives on fragments.
pub(super) fn move_directives(document: &mut ExecutableDocument) {
    for operation in operations_mut(document) {
        move_directives_in(&mut operation.selection_set.node);
    }
    for fragment in document.fragments.values_mut() {
        move_directives_in(&mut fragment.node.selection_set.node);
    }
}

fn move_directives_in(set: &mut SelectionSet) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == TYPENAME => {
                if !field.node.directives.is_empty() {
                    item.node = Selection::InlineFragment(wrap_in_fragment(field));
                }
            }
            Selection::Field(field) => move_directives_in(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => {
                move_directives_in(&mut inline.node.selection_set.node);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn wrap_in_fragment(field: &mut Positioned<Field>) -> Positioned<InlineFragment> {
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

    use super::super::tests::{accepts, messages, rejects};

    #[test]
    fn arguments_selections_and_directives_of_typename_are_validated() {
        rejects(&[
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
    fn a_variable_used_only_on_typename_is_not_unused() {
        let query = "query($x: Boolean!) { a: __typename @skip(if: $x) viewer { ...F } }
            fragment F on Viewer { __typename @include(if: $x) }";
        assert_eq!(messages(query, json!({ "x": true })), Vec::<String>::new());
        accepts(&["query($x: Boolean = true) { __typename @skip(if: $x) @include(if: $x) }"]);
    }
}
