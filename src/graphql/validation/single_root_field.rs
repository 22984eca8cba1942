//! The root of a subscription: one field, in whatever fragments it stands (GraphQL, 5.2.4.1).
//!
//! async-graphql 7.2.1 runs every field that it finds there, and finds none in a fragment. A root that keeps the rule
//! is written flat for it. One that breaks another rule is left as it is, so that the library names that.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::registry::Registry;
use async_graphql::{Name, Positioned, ServerError};

use super::{fault, fragments, operations_mut};

pub(super) fn check(document: &ExecutableDocument, registry: &Registry) -> Vec<ServerError> {
    let operations = document.operations.iter().map(|(_, operation)| operation);
    let mut faults = Vec::new();
    for operation in operations.filter(|operation| is_subscription(&operation.node)) {
        let root = Root::collect(document, registry, &operation.node);
        faults.extend(root.faults);
        let mut fields = IndexMap::new();
        for field in root.fields {
            let name = &field.node.name.node;
            if name.starts_with("__") {
                let message = format!("`{name}` is no event to subscribe to");
                faults.push(fault(message, [field.pos]));
            }
            fields
                .entry(&field.node.response_key().node)
                .or_insert(field.pos);
        }
        if fields.len() > 1 {
            let message = "a subscription has one field at its root";
            faults.push(fault(message, fields.into_values()));
        }
    }
    faults
}

fn is_subscription(operation: &OperationDefinition) -> bool {
    operation.ty == OperationType::Subscription
}

/// Puts the one root field of every subscription in the place of the fragments around it.
pub(super) fn flatten(document: &mut ExecutableDocument, registry: &Registry) {
    let used = list_used(document);
    let flat: Vec<_> = document
        .operations
        .iter()
        .map(|(_, operation)| flat_root(document, registry, &operation.node))
        .collect();
    for (operation, root) in operations_mut(document).into_iter().zip(flat) {
        if let Some(field) = root {
            let at = field.pos;
            let field = Positioned::new(Selection::Field(field), at);
            operation.selection_set.node.items = vec![field];
        }
    }
    // What only stood at the root has been used, but no longer shows it.
    let left = list_used(document);
    document
        .fragments
        .retain(|name, _| left.contains(name) || !used.contains(name));
}

/// Nothing for what is not to be touched.
fn flat_root(
    document: &ExecutableDocument,
    registry: &Registry,
    operation: &OperationDefinition,
) -> Option<Positioned<Field>> {
    if !is_subscription(operation) {
        return None;
    }
    Root::collect(document, registry, operation).merged()
}

/// The fragments that operations use.
fn list_used(document: &ExecutableDocument) -> HashSet<Name> {
    let operations = document.operations.iter();
    operations
        .flat_map(|(_, operation)| {
            fragments::list_reachable(document, &operation.node.selection_set.node)
        })
        .cloned()
        .collect()
}

/// GraphQL, `CollectSubscriptionFields()`.
struct Root<'d> {
    document: &'d ExecutableDocument,
    /// The type of subscriptions.
    kind: Option<&'d str>,
    seen: HashSet<&'d Name>,
    fields: Vec<&'d Positioned<Field>>,
    faults: Vec<ServerError>,
    /// Whether nothing but the fields would be lost with the fragments.
    is_plain: bool,
}

impl<'d> Root<'d> {
    fn collect(
        document: &'d ExecutableDocument,
        registry: &'d Registry,
        operation: &'d OperationDefinition,
    ) -> Self {
        let mut root = Self {
            document,
            kind: registry.subscription_type.as_deref(),
            seen: HashSet::new(),
            fields: Vec::new(),
            faults: Vec::new(),
            is_plain: true,
        };
        root.add(&operation.selection_set.node);
        root
    }

    fn add(&mut self, set: &'d SelectionSet) {
        for item in &set.items {
            for directive in item.node.directives() {
                if matches!(directive.node.name.node.as_str(), "skip" | "include") {
                    let message = "the root of a subscription has no conditions";
                    self.faults.push(fault(message, [directive.pos]));
                }
            }
            match &item.node {
                Selection::Field(field) => self.fields.push(field),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let on = on.map(|on| on.node.on.node.as_str());
                    self.is_plain &= inline.node.directives.is_empty();
                    self.add_if_applicable(on.or(self.kind), &inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    self.is_plain &= spread.node.directives.is_empty();
                    self.add_fragment(&spread.node.fragment_name.node);
                }
            }
        }
    }

    fn add_fragment(&mut self, name: &'d Name) {
        let Some(fragment) = self.document.fragments.get(name) else {
            self.is_plain = false;
            return;
        };
        if self.seen.insert(name) {
            self.is_plain &= fragment.node.directives.is_empty();
            let on = fragment.node.type_condition.node.on.node.as_str();
            self.add_if_applicable(Some(on), &fragment.node.selection_set.node);
        }
    }

    fn add_if_applicable(&mut self, on: Option<&str>, set: &'d SelectionSet) {
        if on == self.kind {
            self.add(set);
        } else {
            self.is_plain = false;
        }
    }

    /// The one field, with what all its occurrences select and carry. Nothing if the root is not to be touched.
    fn merged(self) -> Option<Positioned<Field>> {
        let (first, others) = self.fields.split_first()?;
        let is_leaf = |field: &Positioned<Field>| field.node.selection_set.node.items.is_empty();
        let is_mixed = others.iter().any(|other| is_leaf(other) != is_leaf(first));
        if !self.is_plain || is_mixed {
            return None;
        }
        let mut merged = (*first).clone();
        for other in others {
            let other = (*other).clone().node;
            merged.node.directives.extend(other.directives);
            let items = &mut merged.node.selection_set.node.items;
            items.extend(other.selection_set.node.items);
        }
        Some(merged)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{accepts, messages, refuses};

    const FRAGMENT: &str = "fragment F on Subscription";

    #[test]
    fn the_root_of_a_subscription_is_one_field_in_whatever_fragments() {
        accepts(&[
            "subscription { a: stanceChanged { id } }",
            "subscription { stanceChanged { id } stanceChanged { from } }",
            "subscription { ... { ... on Subscription { stanceChanged { id } } } }",
            "subscription($x: String) { ...F ...F stanceChanged(after: $x) { from } }
             fragment F on Subscription { ...G } fragment G on Subscription { stanceChanged(after: $x) { ...H } }
             fragment H on StanceChange { id @skip(if: true) to }",
        ]);
        refuses(&[
            "subscription { stanceChanged { id } ledgerAppended { seq } }",
            "subscription { stanceChanged { id } a: stanceChanged { id } }",
            &format!(
                "subscription {{ ...F ledgerAppended {{ seq }} }} {FRAGMENT} {{ stanceChanged {{ id }} }}"
            ),
            "subscription { __typename }",
            "subscription { a: __schema { queryType { name } } }",
            "subscription { stanceChanged @include(if: true) { id } }",
            "subscription { ... @skip(if: false) { stanceChanged { id } } }",
            &format!(
                "subscription {{ ...F @skip(if: false) }} {FRAGMENT} {{ stanceChanged {{ id }} }}"
            ),
            &format!(
                "subscription {{ ...F }} {FRAGMENT} {{ stanceChanged @skip(if: false) {{ id }} }}"
            ),
        ]);
    }

    #[test]
    fn operations_share_a_fragment_at_their_roots() {
        let document = "query A { viewer { role } } subscription B { ...F } subscription C { ...F }
            fragment F on Subscription { stanceChanged { id } }";
        let valid = ["Operation name required in request."];
        assert_eq!(messages(document, json!({})), valid);
    }

    #[test]
    fn what_is_flattened_hides_no_fault() {
        refuses(&[
            "subscription { ... on Query { viewer { role } } }",
            "subscription { ... on Nope { stanceChanged { id } } }",
            "subscription { ...F }",
            "subscription { ... @nope { stanceChanged { id } } }",
            "subscription { stanceChanged stanceChanged { id } }",
            "subscription { stanceChanged { id } stanceChanged { id: from } }",
            &format!("subscription {{ ...F @nope }} {FRAGMENT} {{ stanceChanged {{ id }} }}"),
            &format!("subscription {{ ...F }} {FRAGMENT} @nope {{ stanceChanged {{ id }} }}"),
            &format!("subscription {{ ...F }} {FRAGMENT} {{ nope }}"),
            &format!("subscription {{ ...F }} {FRAGMENT} {{ ...F }}"),
            &format!("subscription {{ ...F }} {FRAGMENT} {{ stanceChanged(after: $x) {{ id }} }}"),
            &format!(
                "subscription {{ stanceChanged {{ id }} }} {FRAGMENT} {{ stanceChanged {{ id }} }}"
            ),
            &format!("subscription($x: Int) {{ ...F }} {FRAGMENT} {{ stanceChanged {{ id }} }}"),
        ]);
    }
}
