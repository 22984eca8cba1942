//! The fields that a selection set selects of an object.

use async_graphql::parser::types::{Field, Selection};
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned};

use super::response_key;
use crate::graphql::output::markers::{NoMergedSelections, PLACEHOLDER};

/// The fields of an object in document order, each response key once.
pub(super) enum SelectedFields<'c> {
    /// Of merged selections: nothing but fields.
    Merged(&'c [Positioned<Selection>]),
    Collected(Vec<&'c Positioned<Field>>),
}

/// Whether objects are encoded while they are resolved: the selections are merged, or need no merge.
pub(super) fn is_direct(ctx: &ContextSelectionSet<'_>) -> bool {
    is_merged(ctx) || ctx.data_opt::<NoMergedSelections>().is_some()
}

/// Whether the selections are merged (`validation/merged_selections/`). The executor of queries leaves the selection set of
/// the operation empty, which that of the library cannot.
fn is_merged(ctx: &ContextSelectionSet<'_>) -> bool {
    let operation = &ctx.query_env.operation.node;
    operation.selection_set.node.items.is_empty()
}

impl<'c> SelectedFields<'c> {
    pub(super) fn of<T: OutputType>(ctx: &ContextSelectionSet<'c>) -> Self {
        if is_merged(ctx) {
            return Self::Merged(merged_fields(&ctx.item.node.items, &T::type_name()));
        }
        let mut fields = Vec::new();
        collect_fields::<T>(ctx, ctx, &mut fields);
        Self::Collected(fields)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Merged(fields) => fields.len(),
            Self::Collected(fields) => fields.len(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'c Positioned<Field>> {
        let (merged, collected) = match self {
            Self::Merged(fields) => (*fields, &[][..]),
            Self::Collected(fields) => (&[][..], fields.as_slice()),
        };
        let merged = merged.iter().filter_map(|item| match &item.node {
            Selection::Field(field) => Some(field),
            _ => None,
        });
        merged.chain(collected.iter().copied())
    }
}

/// The fields of an object type: of the fragment on it, if there is one, or else those after the fragments.
fn merged_fields<'c>(
    items: &'c [Positioned<Selection>],
    type_name: &str,
) -> &'c [Positioned<Selection>] {
    for (index, item) in items.iter().enumerate() {
        let Selection::InlineFragment(inline) = &item.node else {
            return &items[index..];
        };
        let on = inline.node.type_condition.as_ref();
        if on.is_some_and(|on| on.node.on.node.as_str() == type_name) {
            return &inline.node.selection_set.node.items;
        }
    }
    &[]
}

/// GraphQL, `CollectFields()`.
fn collect_fields<'c, T: OutputType>(
    ctx: &ContextSelectionSet<'c>,
    set: &ContextSelectionSet<'c>,
    fields: &mut Vec<&'c Positioned<Field>>,
) {
    for item in &set.item.node.items {
        let (on, inner) = match &item.node {
            Selection::Field(field) => {
                let is_new = fields
                    .iter()
                    .all(|other| response_key(other) != response_key(field));
                if is_new && response_key(field) != PLACEHOLDER {
                    fields.push(field);
                }
                continue;
            }
            Selection::InlineFragment(inline) => (
                inline.node.type_condition.as_ref(),
                &inline.node.selection_set,
            ),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = ctx.query_env.fragments.get(name) else {
                    continue; // validation has rejected it
                };
                (
                    Some(&fragment.node.type_condition),
                    &fragment.node.selection_set,
                )
            }
        };
        let on = on.map(|on| on.node.on.node.as_str());
        if on.is_none_or(|on| applies_to::<T>(&ctx.schema_env.registry, on)) {
            collect_fields::<T>(ctx, &set.with_selection_set(inner), fields);
        }
    }
}

fn applies_to<T: OutputType>(registry: &Registry, on: &str) -> bool {
    let name = T::type_name();
    let interfaces = registry.implements.get(&*name);
    name == on || interfaces.is_some_and(|interfaces| interfaces.contains(on))
}
