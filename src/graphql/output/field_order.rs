//! Field order: the fields of an object are in the order of the selection (GraphQL, 7.2.2).
//!
//! async-graphql 7.2.1 lists them in the order in which they are ready.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{FragmentDefinition, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{Name, Positioned, Value, Variables, indexmap::IndexMap};

use super::inclusion::is_included;

pub type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

type Fields<'d> = IndexMap<Name, Vec<&'d SelectionSet>>;

/// What decides the order of the selections of an operation.
pub struct Order<'d> {
    pub fragments: &'d Fragments,
    /// Of the conditions of `@skip` and `@include`.
    pub variables: &'d Variables,
}

/// Sorts the fields of objects with the same selection sets into the order of these.
pub fn sort_fields(values: Vec<&mut Value>, selections: &[&SelectionSet], order: &Order<'_>) {
    let mut objects = Vec::new();
    let mut pending = values;
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(object) => objects.push(object),
            Value::List(items) => pending.extend(items),
            _ => {}
        }
    }
    if objects.is_empty() {
        return;
    }
    // An object has no field of another type, but for names that both have.
    let fields = list_fields(selections, order, &|_| true);
    for object in &mut objects {
        sort_object(object, &fields);
    }
    for (key, selections) in &fields {
        let below = objects.iter_mut().filter_map(|object| object.get_mut(key));
        sort_fields(below.collect(), selections, order);
    }
}

/// The types of the objects of an answer, by their paths, such as `node.items.0`; that of the answer itself is empty.
pub struct ObjectTypes<'d> {
    pub by_path: &'d HashMap<String, String>,
    pub registry: &'d Registry,
}

/// As [`sort_fields`], of the value at a path: a fragment on a type that the object does not have says nothing about its order.
pub fn sort_typed_fields(
    value: &mut Value,
    path: &str,
    selections: &[&SelectionSet],
    (order, types): (&Order<'_>, &ObjectTypes<'_>),
) {
    let below = |segment: &str| match path {
        "" => segment.to_owned(),
        path => format!("{path}.{segment}"),
    };
    match value {
        Value::Object(object) => {
            let own = types.by_path.get(path);
            let applies = |on: &str| {
                let on = types.registry.types.get(on);
                own.is_none_or(|own| on.is_some_and(|on| on.is_possible_type(own)))
            };
            let fields = list_fields(selections, order, &applies);
            sort_object(object, &fields);
            for (key, value) in object.iter_mut() {
                if let Some(selections) = fields.get(key) {
                    sort_typed_fields(value, &below(key), selections, (order, types));
                }
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                let path = below(&index.to_string());
                sort_typed_fields(item, &path, selections, (order, types));
            }
        }
        _ => {}
    }
}

fn sort_object(object: &mut IndexMap<Name, Value>, fields: &Fields<'_>) {
    object.sort_by(|left, _, right, _| fields.get_index_of(left).cmp(&fields.get_index_of(right)));
}

fn list_fields<'d>(
    selections: &[&'d SelectionSet],
    order: &Order<'d>,
    applies: &dyn Fn(&str) -> bool,
) -> Fields<'d> {
    let mut fields = Fields::new();
    let mut seen = HashSet::new();
    for selection in selections {
        collect_selections(selection, (order, applies), &mut fields, &mut seen);
    }
    fields
}

/// Selection sets by response key, in document order, without what is skipped. Each fragment is entered once, as in execution.
fn collect_selections<'d>(
    selection: &'d SelectionSet,
    (order, applies): (&Order<'d>, &dyn Fn(&str) -> bool),
    fields: &mut Fields<'d>,
    seen: &mut HashSet<&'d Name>,
) {
    for item in &selection.items {
        if !is_included(item.node.directives(), order.variables) {
            continue;
        }
        match &item.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.clone();
                fields
                    .entry(key)
                    .or_default()
                    .push(&field.node.selection_set.node);
            }
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref();
                if on.is_none_or(|on| applies(on.node.on.node.as_str())) {
                    let inner = &inline.node.selection_set.node;
                    collect_selections(inner, (order, applies), fields, seen);
                }
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if seen.insert(name)
                    && let Some(fragment) = order.fragments.get(name)
                    && applies(fragment.node.type_condition.node.on.node.as_str())
                {
                    let inner = &fragment.node.selection_set.node;
                    collect_selections(inner, (order, applies), fields, seen);
                }
            }
        }
    }
}
