//! Empty objects: an object of which nothing is selected is `{}` (GraphQL, 6.3), for example if no fragment applies to
//! it.
//!
//! async-graphql 7.2.1 returns null for it, even in a non-null field (`resolver_utils/container.rs`). So a placeholder
//! field is added to each selection set that may turn out empty, and removed from the response.

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value};

use super::operations_mut;
use super::typename::TYPENAME;
use crate::graphql::output::markers::PLACEHOLDER;

/// Returns whether any placeholder was added.
pub(super) fn add_placeholders(document: &mut ExecutableDocument) -> bool {
    let mut has_placeholders = false;
    for fragment in document.fragments.values_mut() {
        has_placeholders |= add_below(&mut fragment.node.selection_set.node);
    }
    for operation in operations_mut(document) {
        has_placeholders |= add_to_operation(operation);
    }
    has_placeholders
}

fn add_to_operation(operation: &mut OperationDefinition) -> bool {
    let set = &mut operation.selection_set.node;
    match operation.ty {
        OperationType::Query | OperationType::Mutation => add_to_object(set),
        OperationType::Subscription => add_below(set), // its root has exactly one field
    }
}

fn add_to_object(set: &mut SelectionSet) -> bool {
    let was_added_below = add_below(set);
    if set.items.is_empty() || set.items.iter().any(is_never_empty) {
        return was_added_below;
    }
    let unpositioned = |name| Positioned::new(Name::new(name), Pos::default());
    let field = Field {
        alias: Some(unpositioned(PLACEHOLDER)),
        name: unpositioned(TYPENAME),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    let field = Selection::Field(Positioned::new(field, Pos::default()));
    set.items.push(Positioned::new(field, Pos::default()));
    true
}

fn add_below(set: &mut SelectionSet) -> bool {
    let items = set.items.iter_mut();
    let added = items.map(|item| match &mut item.node {
        Selection::Field(field) => add_to_object(&mut field.node.selection_set.node),
        Selection::InlineFragment(inline) => add_below(&mut inline.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    });
    added.fold(false, |any, added| any | added)
}

/// Whether it selects at least one field of every object.
fn is_never_empty(item: &Positioned<Selection>) -> bool {
    item.node.directives().is_empty()
        && match &item.node {
            Selection::Field(_) => true,
            Selection::InlineFragment(inline) => {
                let items = &inline.node.selection_set.node.items;
                inline.node.type_condition.is_none() && items.iter().any(is_never_empty)
            }
            Selection::FragmentSpread(_) => false,
        }
}

pub fn remove_placeholders(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.shift_remove(PLACEHOLDER);
            fields.values_mut().for_each(remove_placeholders);
        }
        Value::List(items) => items.iter_mut().for_each(remove_placeholders),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::value;

    use super::*;

    #[test]
    fn selections_that_may_be_empty_get_a_placeholder() {
        for (document, expected) in [
            ("{ a { b } }", false),
            ("{ a { ... { b } } }", false),
            ("subscription { ... { a { b } } }", false),
            ("{ a { b @skip(if: true) } }", true),
            ("{ a { ... @skip(if: true) { b } } }", true),
            ("{ a { ... on A { b } } }", true),
            ("{ a @skip(if: true) { b } }", true),
            ("subscription { a { ...F } } fragment F on A { b }", true),
            (
                "{ a { b ...F } } fragment F on A { c { ... on C { d } } }",
                true,
            ),
        ] {
            assert_eq!(
                add_placeholders(&mut parse_query(document).unwrap()),
                expected,
                "{document}"
            );
        }
    }

    #[test]
    fn placeholders_are_removed_from_the_response() {
        let mut data = value!({ "a": [{ "__demarche": "A" }, null], "__demarche": "Query" });
        remove_placeholders(&mut data);
        assert_eq!(data, value!({ "a": [{}, null] }));
    }
}
