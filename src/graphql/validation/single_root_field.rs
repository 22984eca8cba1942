//! Single root field: a subscription has exactly one root field, directly or in fragments (GraphQL, 5.2.4.1).
//!
//! async-graphql 7.2.1 executes every root field, and ignores those in fragments. So a valid root is rewritten as the
//! field without fragments. A root that violates another rule stays unchanged, so that the library reports it.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::registry::Registry;
use async_graphql::{Name, Positioned, ServerError};

use super::{fragments, operations_mut, validation_error};

pub(super) fn check_subscriptions(
    document: &ExecutableDocument,
    registry: &Registry,
) -> Vec<ServerError> {
    let operations = document.operations.iter().map(|(_, operation)| operation);
    let mut errors = Vec::new();
    for operation in operations.filter(|operation| is_subscription(&operation.node)) {
        let root = Root::collect(document, registry, &operation.node);
        errors.extend(root.errors);
        let mut fields = IndexMap::new();
        for field in root.fields {
            let name = &field.node.name.node;
            if name.starts_with("__") {
                let message =
                    format!("`{name}` is not an event; subscribe to a field of `Subscription`");
                errors.push(validation_error(message, [field.pos]));
            }
            fields
                .entry(&field.node.response_key().node)
                .or_insert(field.pos);
        }
        if fields.len() > 1 {
            let message = "a subscription must have exactly one root field";
            errors.push(validation_error(message, fields.into_values()));
        }
    }
    errors
}

fn is_subscription(operation: &OperationDefinition) -> bool {
    operation.ty == OperationType::Subscription
}

/// Replaces the fragments at the root of every subscription by its one root field.
pub(super) fn flatten_roots(document: &mut ExecutableDocument, registry: &Registry) {
    let used_before = list_used_fragments(document);
    let flat_fields: Vec<_> = document
        .operations
        .iter()
        .map(|(_, operation)| flatten_root(document, registry, &operation.node))
        .collect();
    for (operation, field) in operations_mut(document).into_iter().zip(flat_fields) {
        if let Some(field) = field {
            let at = field.pos;
            let field = Positioned::new(Selection::Field(field), at);
            operation.selection_set.node.items = vec![field];
        }
    }
    // A fragment that was spread at a root only would now be reported as unused.
    let used_after = list_used_fragments(document);
    document
        .fragments
        .retain(|name, _| used_after.contains(name) || !used_before.contains(name));
}

/// None for an operation that stays unchanged.
fn flatten_root(
    document: &ExecutableDocument,
    registry: &Registry,
    operation: &OperationDefinition,
) -> Option<Positioned<Field>> {
    if !is_subscription(operation) {
        return None;
    }
    Root::collect(document, registry, operation).into_merged_field()
}

/// The fragments that operations spread, directly or through others.
fn list_used_fragments(document: &ExecutableDocument) -> HashSet<Name> {
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
    /// The name of the subscription type.
    type_name: Option<&'d str>,
    seen: HashSet<&'d Name>,
    fields: Vec<&'d Positioned<Field>>,
    errors: Vec<ServerError>,
    /// Whether the fragments contain nothing but the fields, so that they can be removed.
    is_flattenable: bool,
}

impl<'d> Root<'d> {
    fn collect(
        document: &'d ExecutableDocument,
        registry: &'d Registry,
        operation: &'d OperationDefinition,
    ) -> Self {
        let mut root = Self {
            document,
            type_name: registry.subscription_type.as_deref(),
            seen: HashSet::new(),
            fields: Vec::new(),
            errors: Vec::new(),
            is_flattenable: true,
        };
        root.add_set(&operation.selection_set.node);
        root
    }

    fn add_set(&mut self, set: &'d SelectionSet) {
        for item in &set.items {
            for directive in item.node.directives() {
                if matches!(directive.node.name.node.as_str(), "skip" | "include") {
                    let message =
                        "`@skip` and `@include` are not allowed at the root of a subscription";
                    self.errors.push(validation_error(message, [directive.pos]));
                }
            }
            match &item.node {
                Selection::Field(field) => self.fields.push(field),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let on = on.map(|on| on.node.on.node.as_str());
                    self.is_flattenable &= inline.node.directives.is_empty();
                    self.add_if_applicable(on.or(self.type_name), &inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    self.is_flattenable &= spread.node.directives.is_empty();
                    self.add_fragment(&spread.node.fragment_name.node);
                }
            }
        }
    }

    fn add_fragment(&mut self, name: &'d Name) {
        let Some(fragment) = self.document.fragments.get(name) else {
            self.is_flattenable = false;
            return;
        };
        if self.seen.insert(name) {
            self.is_flattenable &= fragment.node.directives.is_empty();
            let on = fragment.node.type_condition.node.on.node.as_str();
            self.add_if_applicable(Some(on), &fragment.node.selection_set.node);
        }
    }

    fn add_if_applicable(&mut self, on: Option<&str>, set: &'d SelectionSet) {
        if on == self.type_name {
            self.add_set(set);
        } else {
            self.is_flattenable = false;
        }
    }

    /// The root field with the selections and directives of all its occurrences. None if the root stays unchanged.
    fn into_merged_field(self) -> Option<Positioned<Field>> {
        let (first, others) = self.fields.split_first()?;
        let is_leaf = |field: &Positioned<Field>| field.node.selection_set.node.items.is_empty();
        let is_mixed = others.iter().any(|other| is_leaf(other) != is_leaf(first));
        if !self.is_flattenable || is_mixed {
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

    use super::super::tests::{accepts, messages, rejects};

    const FRAGMENT: &str = "fragment F on Subscription";

    #[test]
    fn a_subscription_has_one_root_field_directly_or_in_fragments() {
        accepts(&[
            "subscription { a: stanceChanged { id } }",
            "subscription { stanceChanged { id } stanceChanged { from } }",
            "subscription { ... { ... on Subscription { stanceChanged { id } } } }",
            "subscription($x: String) { ...F ...F stanceChanged(after: $x) { from } }
             fragment F on Subscription { ...G } fragment G on Subscription { stanceChanged(after: $x) { ...H } }
             fragment H on StanceChange { id @skip(if: true) to }",
        ]);
        rejects(&[
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
    fn operations_may_share_a_fragment_at_their_roots() {
        let document = "query A { viewer { role } } subscription B { ...F } subscription C { ...F }
            fragment F on Subscription { stanceChanged { id } }";
        let valid = ["Operation name required in request."];
        assert_eq!(messages(document, json!({})), valid);
    }

    #[test]
    fn flattening_hides_no_error() {
        rejects(&[
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
