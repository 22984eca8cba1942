//! What is asked: the words that are the same in all subscriptions whose events are the same bytes.
//!
//! What is left of two subscriptions that differ only in filter and cursor is the same operation.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{
    Name, Positioned, Request, Value, Variables,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};
use async_graphql_value::Value as Written;

use crate::{
    cache::recorder::Reads,
    feed::Event,
    graphql::{
        subscription_start::Only,
        validation::{find_operation, prepared_document::Prepared},
    },
    model::{
        request_id::RequestId,
        role::{Caller, Role},
    },
};

/// What two subscriptions have in common if they have a template in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Words {
    text: String,
    operation: Option<String>,
    /// JSON of the variables that are used below the root.
    variables: String,
    role: Role,
}

/// An operation that is executed for events.
#[derive(Debug)]
pub(super) struct Template {
    /// Checked already, so that an event costs its execution only.
    document: Arc<Prepared>,
    operation: Option<String>,
    /// Those of the first who asked; what they say of filter and cursor is not looked at.
    variables: Variables,
    role: Role,
}

impl Words {
    /// Those of a subscription that was checked; nothing if it has no operation.
    pub(super) fn of(request: &Request, role: Role) -> Option<Self> {
        let operation = request.operation_name.clone();
        let document = Prepared::find(request)?.parsed();
        let definition = find_operation(document, operation.as_deref())?;
        let used = used_below(document, &definition.selection_set.node);
        let variables: serde_json::Map<_, _> = request
            .variables
            .iter()
            .filter(|(name, _)| used.contains(*name))
            .filter_map(|(name, value)| Some((name.to_string(), value.clone().into_json().ok()?)))
            .collect();
        Some(Self {
            text: request.query.clone(),
            operation,
            variables: serde_json::Value::Object(variables).to_string(),
            role,
        })
    }
}

impl Template {
    /// Nothing if the request has no document.
    pub(super) fn of(request: &Request, role: Role) -> Option<Self> {
        Some(Self {
            document: Arc::clone(Prepared::find(request)?),
            operation: request.operation_name.clone(),
            variables: request.variables.clone(),
            role,
        })
    }

    /// What is executed for an event. It notes in `reads` what its answer rests on.
    pub(super) fn request(&self, event: &Arc<Event>, reads: Reads, id: &RequestId) -> Request {
        // Whoever else asks is told the same, so it is asked by nobody in particular.
        let caller = Caller {
            name: None,
            role: self.role,
        };
        let mut request = Request::new(self.document.text())
            .variables(self.variables.clone())
            .data(caller)
            .data(id.clone())
            .data(reads)
            .data(Arc::clone(&self.document))
            .data(Only(Arc::clone(event)));
        request.operation_name.clone_from(&self.operation);
        request
    }
}

/// Variables that may change the answer to an event: all but those that stand in the arguments of the root's field only.
fn used_below(document: &ExecutableDocument, root: &SelectionSet) -> HashSet<Name> {
    let mut used = HashSet::new();
    for item in &root.items {
        match &item.node {
            Selection::Field(field) => {
                add_directives(&field.node.directives, &mut used);
                add_set(&field.node.selection_set.node, &mut used);
            }
            // Not flat until it runs, so everything counts.
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

/// The library tells of a variable by asking for its value.
fn add_variables<T>(arguments: &[(T, Positioned<Written>)], used: &mut HashSet<Name>) {
    for (_, value) in arguments {
        let noted = value.node.clone().into_const_with(|name| {
            used.insert(name);
            Ok::<_, std::convert::Infallible>(Value::Null)
        });
        drop(noted);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn used(text: &str) -> Vec<String> {
        let document = parse_query(text).unwrap();
        let operation = find_operation(&document, None).unwrap();
        let used = used_below(&document, &operation.selection_set.node);
        let mut names: Vec<_> = used.iter().map(ToString::to_string).collect();
        names.sort();
        names
    }

    #[test]
    fn only_what_is_below_the_root_or_on_it_changes_an_event() {
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
