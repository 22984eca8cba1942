//! Merged selections: what an operation selects, with each response key of an object once (GraphQL, `CollectFields()` and
//! `CollectSubfields()`).
//!
//! Fragments are replaced by their fields, fields with the same response key by one with the selections of all, and what
//! `@skip` and `@include` leave out is absent. For an interface or union, a fragment on an object type holds all fields of that
//! type; the fields beside the fragments are those of every other type. So an executor needs no merge, no map of fragments
//! and, for an object, no search.

mod inclusion;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use async_graphql::indexmap::{IndexMap, IndexSet};
use async_graphql::parser::types::{
    ExecutableDocument, Field, InlineFragment, OperationDefinition, Selection, SelectionSet,
    TypeCondition,
};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Name, Positioned, Variables};

use super::root_type;
use super::typename::TYPENAME;
use crate::graphql::output::{inclusion::is_included, markers::PLACEHOLDER};
pub(super) use inclusion::depends_on_variables;

/// Selections that are visited at most. Those of an interface are visited again for each object type that fragments name.
const MAX_VISITS: usize = 5_000;

/// The merged selections of a query of a valid document; `None` for introspection, and if type conditions would multiply them.
pub(super) fn merge(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    registry: &Registry,
    variables: &Variables,
) -> Option<SelectionSet> {
    let root = root_type(registry, operation.ty)?;
    let mut merge = Merge {
        document,
        registry,
        variables,
        remaining: MAX_VISITS,
    };
    let merged = merge.merge_sets(root, &[&operation.selection_set.node])?;
    let is_introspection = merged.items.iter().any(is_introspection);
    (!is_introspection).then_some(merged)
}

fn is_introspection(item: &Positioned<Selection>) -> bool {
    matches!(&item.node, Selection::Field(field)
        if field.node.name.node.starts_with("__") && field.node.name.node != TYPENAME)
}

/// The fields of an object by response key, in document order.
type FieldsByKey<'d> = IndexMap<&'d Name, Vec<&'d Positioned<Field>>>;

struct Merge<'d> {
    document: &'d ExecutableDocument,
    registry: &'d Registry,
    variables: &'d Variables,
    /// Selections that may still be visited.
    remaining: usize,
}

impl<'d> Merge<'d> {
    fn merge_sets(
        &mut self,
        parent: &'d MetaType,
        sets: &[&'d SelectionSet],
    ) -> Option<SelectionSet> {
        let Some(possible) = parent.possible_types() else {
            let items =
                self.merge_fields(parent, sets, &|on| on.is_possible_type(parent.name()))?;
            return Some(SelectionSet { items });
        };
        let covers_all = |on: &MetaType| possible.iter().all(|name| on.is_possible_type(name));
        let mut told_apart = IndexSet::new();
        for set in sets {
            self.tell_apart(set, possible, &mut HashSet::new(), &mut told_apart)?;
        }
        let mut items = Vec::new();
        for name in &told_apart {
            let object = self.registry.types.get(*name)?;
            let fields = self.merge_fields(object, sets, &|on| on.is_possible_type(name))?;
            items.push(fragment_on(name, fields));
        }
        if told_apart.len() < possible.len() {
            items.extend(self.merge_fields(parent, sets, &covers_all)?);
        }
        Some(SelectionSet { items })
    }

    /// Collects the object types of an interface or union to which some fragments apply and some do not.
    fn tell_apart(
        &mut self,
        set: &'d SelectionSet,
        possible: &'d IndexSet<String>,
        seen: &mut HashSet<&'d Name>,
        told_apart: &mut IndexSet<&'d str>,
    ) -> Option<()> {
        for (on, inner) in self.list_fragments(set, seen)? {
            if let Some(on) = on {
                let applies = |name: &&'d str| on.is_possible_type(name);
                let names = possible.iter().map(String::as_str);
                let some: Vec<_> = names.filter(applies).collect();
                if some.len() < possible.len() {
                    told_apart.extend(some);
                }
            }
            self.tell_apart(inner, possible, seen, told_apart)?;
        }
        Some(())
    }

    /// The included fragments of a set that have not been seen, with their type conditions.
    fn list_fragments(
        &mut self,
        set: &'d SelectionSet,
        seen: &mut HashSet<&'d Name>,
    ) -> Option<Vec<(Option<&'d MetaType>, &'d SelectionSet)>> {
        self.spend(set.items.len())?;
        let mut fragments = Vec::new();
        for item in &set.items {
            if is_included(item.node.directives(), self.variables) {
                fragments.extend(self.fragment(&item.node, seen));
            }
        }
        Some(fragments)
    }

    fn fragment(
        &self,
        item: &'d Selection,
        seen: &mut HashSet<&'d Name>,
    ) -> Option<(Option<&'d MetaType>, &'d SelectionSet)> {
        match item {
            Selection::Field(_) => None,
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref();
                let on = on.and_then(|on| self.registry.types.get(on.node.on.node.as_str()));
                Some((on, &inline.node.selection_set.node))
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = &self.document.fragments.get(name)?.node;
                let on = fragment.type_condition.node.on.node.as_str();
                let on = self.registry.types.get(on);
                seen.insert(name)
                    .then_some((on, &fragment.selection_set.node))
            }
        }
    }

    /// The fields that the sets select of a type, to which a fragment applies if `applies` says so.
    fn merge_fields(
        &mut self,
        parent: &'d MetaType,
        sets: &[&'d SelectionSet],
        applies: &dyn Fn(&MetaType) -> bool,
    ) -> Option<Vec<Positioned<Selection>>> {
        let mut by_key = FieldsByKey::new();
        for set in sets {
            self.collect(set, applies, &mut HashSet::new(), &mut by_key)?;
        }
        by_key
            .into_values()
            .map(|same| self.merge_field(parent, &same))
            .collect()
    }

    fn collect(
        &mut self,
        set: &'d SelectionSet,
        applies: &dyn Fn(&MetaType) -> bool,
        seen: &mut HashSet<&'d Name>,
        by_key: &mut FieldsByKey<'d>,
    ) -> Option<()> {
        self.spend(set.items.len())?;
        for item in &set.items {
            if !is_included(item.node.directives(), self.variables) {
                continue;
            }
            if let Selection::Field(field) = &item.node {
                let key = &field.node.response_key().node;
                if key != PLACEHOLDER {
                    by_key.entry(key).or_default().push(field);
                }
            } else if let Some((on, inner)) = self.fragment(&item.node, seen)
                && on.is_none_or(applies)
            {
                self.collect(inner, applies, seen, by_key)?;
            }
        }
        Some(())
    }

    /// One field with the selections of all that share its response key, which are the same field.
    fn merge_field(
        &mut self,
        parent: &'d MetaType,
        same: &[&'d Positioned<Field>],
    ) -> Option<Positioned<Selection>> {
        let first = same.first()?;
        let sets: Vec<_> = same
            .iter()
            .map(|field| &field.node.selection_set.node)
            .collect();
        let mut selection_set =
            Positioned::new(SelectionSet::default(), first.node.selection_set.pos);
        if sets.iter().any(|set| !set.items.is_empty()) {
            let definition = parent.field_by_name(&first.node.name.node)?;
            let below = self.registry.concrete_type_by_name(&definition.ty)?;
            selection_set.node = self.merge_sets(below, &sets)?;
        }
        let field = Field {
            alias: first.node.alias.clone(),
            name: first.node.name.clone(),
            arguments: first.node.arguments.clone(),
            directives: Vec::new(),
            selection_set,
        };
        let field = Positioned::new(field, first.pos);
        Some(Positioned::new(Selection::Field(field), first.pos))
    }

    fn spend(&mut self, selections: usize) -> Option<()> {
        self.remaining = self.remaining.checked_sub(selections)?;
        Some(())
    }
}

fn fragment_on(name: &str, items: Vec<Positioned<Selection>>) -> Positioned<Selection> {
    let pos = items.first().map(|item| item.pos).unwrap_or_default();
    let on = Positioned::new(Name::new(name), pos);
    let inline = InlineFragment {
        type_condition: Some(Positioned::new(TypeCondition { on }, pos)),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items }, pos),
    };
    Positioned::new(Selection::InlineFragment(Positioned::new(inline, pos)), pos)
}
