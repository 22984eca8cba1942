//! Operation template: the part of a subscription that determines the payload of an event, and the request that
//! executes it.
//!
//! Filter and cursor stand in the arguments of the root field and have no influence on the payload. Subscriptions that
//! differ only in variables used there have the same key, and so share a topic.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{
    Name, Positioned, Request, Value, Variables,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};
use async_graphql_value::Value as Written;

use crate::{
    cache::recorder::TagRecorder,
    feed::Event,
    graphql::{
        subscription_start::SourceEvent,
        validation::{find_operation, prepared_document::PreparedDocument},
    },
    model::{
        request_id::RequestId,
        role::{Caller, Role},
    },
};

/// Identifies a template: subscriptions with equal keys receive identical payloads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct OperationKey {
    /// Its tokens, so that spellings with other white space and comments share a topic.
    document: Arc<str>,
    /// None if the document has no other operation.
    operation_name: Option<String>,
    /// JSON of the variables that are used below the root.
    variables: String,
    role: Role,
}

/// An operation that is executed once for each event.
#[derive(Debug)]
pub(super) struct OperationTemplate {
    /// Parsed and validated already, so that an event costs only its execution.
    document: Arc<PreparedDocument>,
    operation_name: Option<String>,
    /// Those of the first subscription, without filter and cursor where these may be omitted: their values are ignored.
    variables: Variables,
    role: Role,
}

impl OperationKey {
    /// The key of a validated subscription; `None` if the request has no operation.
    pub(super) fn of_request(request: &Request, role: Role) -> Option<Self> {
        let operation_name = request.operation_name.clone();
        let prepared = PreparedDocument::of_request(request)?;
        let document = prepared.parsed();
        let definition = find_operation(document, operation_name.as_deref())?;
        let used = variables_below_root(document, &definition.selection_set.node);
        let variables: serde_json::Map<_, _> = request
            .variables
            .iter()
            .filter(|(name, _)| used.contains(*name))
            .filter_map(|(name, value)| Some((name.to_string(), value.clone().into_json().ok()?)))
            .collect();
        Some(Self {
            document: Arc::clone(prepared.canonical_text()),
            operation_name: operation_name.filter(|_| document.operations.iter().count() > 1),
            variables: serde_json::Value::Object(variables).to_string(),
            role,
        })
    }
}

impl OperationTemplate {
    /// `None` if the request has no document.
    pub(super) fn of_request(request: &Request, role: Role) -> Option<Self> {
        let document = Arc::clone(PreparedDocument::of_request(request)?);
        let operation = find_operation(document.parsed(), request.operation_name.as_deref())?;
        let used = variables_below_root(document.parsed(), &operation.selection_set.node);
        let is_required = |name: &Name| {
            let mut definitions = operation.variable_definitions.iter();
            definitions.any(|definition| {
                let definition = &definition.node;
                definition.name.node == *name && !definition.var_type.node.nullable
            })
        };
        let mut variables = request.variables.clone();
        variables.retain(|name, _| used.contains(name) || is_required(name));
        Some(Self {
            operation_name: request.operation_name.clone(),
            variables,
            role,
            document,
        })
    }

    pub(super) fn document(&self) -> &PreparedDocument {
        &self.document
    }

    /// Bytes of the template and of the key of its topic.
    pub(super) fn held_bytes(&self) -> usize {
        self.document.text().len() + self.document.held_bytes(&self.variables)
    }

    /// The request that is executed for an event. Its resolvers record the tags of their data in `recorder`.
    pub(super) fn request(
        &self,
        event: &Arc<Event>,
        recorder: TagRecorder,
        request_id: &RequestId,
    ) -> Request {
        // All subscribers of the topic receive the same payload, so it is executed for a role and not for a person.
        let caller = Caller {
            name: None,
            role: self.role,
            expires: None,
        };
        let mut request = Request::new(self.document.text())
            .variables(self.variables.clone())
            .data(caller)
            .data(request_id.clone())
            .data(recorder)
            .data(Arc::clone(&self.document))
            .data(SourceEvent(Arc::clone(event)));
        request.operation_name.clone_from(&self.operation_name);
        request
    }
}

/// Variables that may change an event's payload: all but those used only in the arguments of the root field.
fn variables_below_root(document: &ExecutableDocument, root: &SelectionSet) -> HashSet<Name> {
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
