//! Fields of selection sets, with the parent type and field type of each.

use async_graphql::Positioned;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::MetaType;

use super::typename::TYPENAME;

#[derive(Clone, Copy)]
pub(super) struct FieldUse<'d> {
    pub(super) parent: &'d MetaType,
    pub(super) field: &'d Positioned<Field>,
    /// For example `[ID!]`.
    pub(super) type_name: &'d str,
}

/// None for a field that is not in the schema; the library reports it.
pub(super) fn find_field_use<'d>(
    parent: &'d MetaType,
    field: &'d Positioned<Field>,
) -> Option<FieldUse<'d>> {
    let name = &field.node.name.node;
    let type_name = match parent.field_by_name(name) {
        Some(definition) => definition.ty.as_str(),
        None if name == TYPENAME => "String!",
        None => return None,
    };
    Some(FieldUse {
        parent,
        field,
        type_name,
    })
}

/// Groups of fields that may be selected from the same object: those of one object type with those of interfaces and
/// unions.
pub(super) fn group_by_object<'u, 'd>(uses: &'u [FieldUse<'d>]) -> Vec<Vec<&'u FieldUse<'d>>> {
    let mut of_any_object = Vec::new();
    let mut objects: IndexMap<&str, Vec<&FieldUse<'_>>> = IndexMap::new();
    for field_use in uses {
        match field_use.parent {
            MetaType::Object { name, .. } => objects.entry(name).or_default().push(field_use),
            _ => of_any_object.push(field_use),
        }
    }
    if objects.is_empty() {
        return vec![of_any_object];
    }
    let objects = objects.into_values();
    objects
        .map(|of_object| [of_any_object.clone(), of_object].concat())
        .collect()
}

/// GraphQL, `FieldsInSetCanMerge()`: the same name and identical sets of arguments.
pub(super) fn is_same_field(left: &FieldUse<'_>, right: &FieldUse<'_>) -> bool {
    let (left, right) = (&left.field.node, &right.field.node);
    left.name.node == right.name.node
        && left.arguments.len() == right.arguments.len()
        && left.arguments.iter().all(|(name, value)| {
            let argument = right.get_argument(&name.node);
            argument.is_some_and(|argument| argument.node == value.node)
        })
}
