//! Field order: the fields of an object are in the order of the selection (GraphQL, 7.2.2).
//!
//! async-graphql 7.2.1 lists them in the order in which they are ready.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value, indexmap::IndexMap};

pub type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

type Fields<'d> = IndexMap<Name, Vec<&'d SelectionSet>>;

/// Sorts the fields of objects with the same selection sets into the order of these.
pub fn sort_fields(values: Vec<&mut Value>, selections: &[&SelectionSet], fragments: &Fragments) {
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
    let mut fields = Fields::new();
    let mut seen = HashSet::new();
    for selection in selections {
        collect_selections(selection, fragments, &mut fields, &mut seen);
    }
    for object in &mut objects {
        object.sort_by(|left, _, right, _| {
            fields.get_index_of(left).cmp(&fields.get_index_of(right))
        });
    }
    for (key, selections) in &fields {
        let below = objects.iter_mut().filter_map(|object| object.get_mut(key));
        sort_fields(below.collect(), selections, fragments);
    }
}

/// Selection sets by response key, in document order. Each fragment is entered once, as in execution.
fn collect_selections<'d>(
    selection: &'d SelectionSet,
    fragments: &'d Fragments,
    fields: &mut Fields<'d>,
    seen: &mut HashSet<&'d Name>,
) {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.clone();
                fields
                    .entry(key)
                    .or_default()
                    .push(&field.node.selection_set.node);
            }
            Selection::InlineFragment(inline) => {
                collect_selections(&inline.node.selection_set.node, fragments, fields, seen);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if seen.insert(name)
                    && let Some(fragment) = fragments.get(name)
                {
                    collect_selections(&fragment.node.selection_set.node, fragments, fields, seen);
                }
            }
        }
    }
}
