//! Fields of selections, with the type that each was written of.

use async_graphql::Positioned;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::MetaType;

use super::typename::TYPENAME;

#[derive(Clone, Copy)]
pub(super) struct Selected<'d> {
    pub(super) parent: &'d MetaType,
    pub(super) field: &'d Positioned<Field>,
    /// For example `[ID!]`.
    pub(super) kind: &'d str,
}

/// Nothing for a field that the schema does not know; the library names it.
pub(super) fn find<'d>(parent: &'d MetaType, field: &'d Positioned<Field>) -> Option<Selected<'d>> {
    let name = &field.node.name.node;
    let kind = match parent.field_by_name(name) {
        Some(known) => known.ty.as_str(),
        None if name == TYPENAME => "String!",
        None => return None,
    };
    Some(Selected {
        parent,
        field,
        kind,
    })
}

/// What can be selected from the same object: what each object type has, with what is written of interfaces and unions.
pub(super) fn groups<'u, 'd>(uses: &'u [Selected<'d>]) -> Vec<Vec<&'u Selected<'d>>> {
    let mut anywhere = Vec::new();
    let mut objects: IndexMap<&str, Vec<&Selected<'_>>> = IndexMap::new();
    for found in uses {
        match found.parent {
            MetaType::Object { name, .. } => objects.entry(name).or_default().push(found),
            _ => anywhere.push(found),
        }
    }
    if objects.is_empty() {
        return vec![anywhere];
    }
    let objects = objects.into_values();
    objects
        .map(|own| [anywhere.clone(), own].concat())
        .collect()
}

/// GraphQL, `FieldsInSetCanMerge()`: the same name and identical sets of arguments.
pub(super) fn is_same_field(one: &Selected<'_>, other: &Selected<'_>) -> bool {
    let (one, other) = (&one.field.node, &other.field.node);
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| {
            let same = other.get_argument(&name.node);
            same.is_some_and(|same| same.node == value.node)
        })
}
