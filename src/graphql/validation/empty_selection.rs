//! An object of which nothing is selected is `{}` (GraphQL, 6.3), for example one of another type than every fragment.
//!
//! async-graphql 7.2.1 answers null for it, even where null may not be (`resolver_utils/container.rs`). So what might
//! stay empty also selects a mark, which is taken out of the answer.

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value};

use super::operations_mut;
use super::typename::TYPENAME;
use crate::graphql::output::markers::MARK;

/// Whether there is a mark to take out of the answer.
pub(super) fn mark(document: &mut ExecutableDocument) -> bool {
    let mut is_marked = false;
    for fragment in document.fragments.values_mut() {
        is_marked |= mark_below(&mut fragment.node.selection_set.node);
    }
    for operation in operations_mut(document) {
        is_marked |= mark_operation(operation);
    }
    is_marked
}

fn mark_operation(operation: &mut OperationDefinition) -> bool {
    let set = &mut operation.selection_set.node;
    match operation.ty {
        OperationType::Query | OperationType::Mutation => mark_object(set),
        OperationType::Subscription => mark_below(set), // its root has its one field
    }
}

fn mark_object(set: &mut SelectionSet) -> bool {
    let is_marked = mark_below(set);
    if set.items.is_empty() || set.items.iter().any(is_certain) {
        return is_marked;
    }
    let place = |name| Positioned::new(Name::new(name), Pos::default());
    let field = Field {
        alias: Some(place(MARK)),
        name: place(TYPENAME),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    let field = Selection::Field(Positioned::new(field, Pos::default()));
    set.items.push(Positioned::new(field, Pos::default()));
    true
}

fn mark_below(set: &mut SelectionSet) -> bool {
    let items = set.items.iter_mut();
    let marked = items.map(|item| match &mut item.node {
        Selection::Field(field) => mark_object(&mut field.node.selection_set.node),
        Selection::InlineFragment(inline) => mark_below(&mut inline.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    });
    marked.fold(false, |any, one| any | one)
}

/// Whether every object has something under it.
fn is_certain(item: &Positioned<Selection>) -> bool {
    item.node.directives().is_empty()
        && match &item.node {
            Selection::Field(_) => true,
            Selection::InlineFragment(inline) => {
                let items = &inline.node.selection_set.node.items;
                inline.node.type_condition.is_none() && items.iter().any(is_certain)
            }
            Selection::FragmentSpread(_) => false,
        }
}

pub fn unmark(answer: &mut Value) {
    match answer {
        Value::Object(fields) => {
            fields.shift_remove(MARK);
            fields.values_mut().for_each(unmark);
        }
        Value::List(items) => items.iter_mut().for_each(unmark),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::value;

    use super::*;

    #[test]
    fn what_might_stay_empty_is_marked() {
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
                mark(&mut parse_query(document).unwrap()),
                expected,
                "{document}"
            );
        }
    }

    #[test]
    fn marks_leave_no_trace() {
        let mut answer = value!({ "a": [{ "__demarche": "A" }, null], "__demarche": "Query" });
        unmark(&mut answer);
        assert_eq!(answer, value!({ "a": [{}, null] }));
    }
}
